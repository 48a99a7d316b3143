#!/usr/bin/env python3
"""Track D: programs packed by UPX and by the toy packers of tests/packers. Is the verdict that of the program as it was?

  packed.py MOZU CORPUS WINDOWS WORK [--most N]

CORPUS is of corpus.py, WINDOWS of windows.py. The index knows all versions of a program but one, which is asked about, packed and not. The unpacker
(mozu-unpacker) stands beside MOZU.
"""
import argparse
import collections
import json
import shutil
import struct
import subprocess
import sys
from pathlib import Path

UPX = ("--nrv2b", "--nrv2d", "--nrv2e", "--lzma")
TOYS = ("xor", "lz", "veil")
PACK = Path(__file__).resolve().parents[2] / "tests/packers/pack.py"
SIZE_MOST = 3_000_000


def linux_programs(corpus):
    """project → files, oldest first; no shared objects that nobody enters."""
    out = collections.defaultdict(list)
    for line in (corpus / "corpus.tsv").read_text().splitlines():
        name, role, label, _ = line.split("\t")
        path = corpus / "files" / name
        if role == "family" and not label.startswith("lib") and path.stat().st_size < SIZE_MOST:
            out[label].append(path)
    return out


def windows_programs(folder, bits):
    out = collections.defaultdict(list)
    for path in sorted((folder / "files").iterdir()):
        data = path.read_bytes()
        at = struct.unpack_from("<I", data, 0x3C)[0]
        is_library = struct.unpack_from("<H", data, at + 22)[0] & 0x2000
        label = path.name.split("_")[0]
        if label.endswith("-" + bits) and not is_library and "libwine" not in path.name and len(data) < SIZE_MOST:
            out[label].append(path)
    return out


def verdicts(mozu, data, files):
    """file → names of those who are named, best first, and how sure."""
    run = subprocess.run([mozu, "attribute", "--data", str(data), "--json", *map(str, files)], capture_output=True, text=True)
    out = {}
    for line in run.stdout.splitlines():
        answer = json.loads(line)
        out[Path(answer["file"]).name] = ([v["entity"] for v in answer["verdicts"] if v["named"]], max((v["confidence"] for v in answer["verdicts"]), default=0))
    return out


def packed_by(kind, plain, target):
    if kind.startswith("--"):
        return subprocess.run(["upx", "-q", kind, "-o", str(target), str(plain)], capture_output=True).returncode == 0
    source = plain
    if kind == "veil":
        source = target.with_name(target.name + ".upx")
        if subprocess.run(["upx", "-q", "-o", str(source), str(plain)], capture_output=True).returncode != 0:
            return False
    return subprocess.run([sys.executable, str(PACK), kind, str(source), str(target)], capture_output=True).returncode == 0


def measure(mozu, work, title, programs, most):
    data, plain, packed = work / "data", work / "plain", work / "packed"
    label_of = {}
    for label, files in sorted(programs.items()):
        if len(files) < 2 or len(label_of) == most:
            continue
        subprocess.run([mozu, "gene", "add", "--data", str(data), "--malware", label, *map(str, files[:-1])], check=True, capture_output=True)
        target = plain / files[-1].name
        shutil.copyfile(files[-1], target)
        target.chmod(0o755)
        label_of[target] = label
    before = {name: v for name, v in verdicts(mozu, data, label_of).items() if v[0]}
    print(f"packed: {title}: {len(before)} of {len(label_of)} programs are named as they are", file=sys.stderr, flush=True)
    for kind in UPX + (TOYS if title.startswith("Windows") else ()):
        made, refused = {}, 0
        for file in label_of:
            target = packed / f"{file.name}{kind}"
            if file.name not in before:
                continue
            if packed_by(kind, file, target):
                made[target] = file.name
            else:
                refused += 1
        after = verdicts(mozu, data, made) if made else {}
        same, sure = 0, []
        for target, name in made.items():
            v = after.get(target.name, ([], 0))
            same += v[0][:1] == before[name][0][:1]
            sure.append(v[1] / before[name][1])
            if v[0][:1] != before[name][0][:1]:
                print(f"packed: {target.name}: {v} and not {before[name]}", file=sys.stderr)
        told = f"UPX {kind}" if kind.startswith("--") else f"toy: {kind}"
        print(f"| {title} | {told} | {same} of {len(made)} | {refused} | {sum(sure) / max(1, len(sure)):.3f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mozu")
    parser.add_argument("corpus", type=Path)
    parser.add_argument("windows", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--most", type=int, default=99, help="programs of each kind")
    a = parser.parse_args()
    shutil.rmtree(a.work, ignore_errors=True)
    for part in ("plain", "packed"):
        (a.work / part).mkdir(parents=True)
    print("| D: programs for | packed by | same verdict | the packer refuses | confidence, of that before |\n|---|---|---|---|---|", flush=True)
    for bits in ("64", "32"):
        measure(a.mozu, a.work, f"Windows, {bits} bits", windows_programs(a.windows, bits), a.most)
    measure(a.mozu, a.work, "Linux, 64 bits", linux_programs(a.corpus), a.most)


if __name__ == "__main__":
    main()
