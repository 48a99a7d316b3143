#!/usr/bin/env python3
"""Track D: programs packed by UPX and by the toy packers of tests/packers. Is the verdict that of the program as it was?

  packed.py MOZU SOURCES WORK [--only PROJECT…]

SOURCES is the folder of compilers.py, whose projects are built as programs: for Linux, and for Windows of 32 and 64 bits. The index knows them at -O2; asked
about are those of -O3, packed and not. The unpacker (mozu-unpacker) stands beside MOZU.
"""
import argparse
import collections
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from compilers import PROJECTS

TARGETS = {"Linux, 64 bits": "gcc", "Windows, 64 bits": "x86_64-w64-mingw32-gcc", "Windows, 32 bits": "i686-w64-mingw32-gcc"}
UPX = ("--nrv2b", "--nrv2d", "--nrv2e", "--lzma")
TOYS = ("xor", "lz", "veil")
PACK = Path(__file__).resolve().parents[2] / "tests/packers/pack.py"
MAIN = "int main(int argc, char **argv) { (void)argv; return argc > 99; }\n"


def build(project, tree, compiler, level, target):
    """All sources that the compiler takes, in one program that ends at once."""
    files, flags = PROJECTS[project]
    work = target.with_name(target.name + ".work")
    work.mkdir(parents=True)
    (work / "main.c").write_text(MAIN)
    subprocess.run([compiler, "-c", str(work / "main.c"), "-o", str(work / "main.o")], check=True)
    objects = [str(work / "main.o")]
    flags = [f.replace("'", "") for f in re.findall(r"(?:[^\s\"']|\"[^\"]*\"|'[^']*')+", flags)]
    for n, source in enumerate(sorted({p for pattern in files.split() for p in tree.glob(pattern)})):
        made = work / f"{n}.o"
        if subprocess.run([compiler, f"-{level}", "-w", "-std=gnu11", *flags, "-c", str(source), "-o", str(made)], cwd=tree, capture_output=True).returncode == 0:
            objects.append(str(made))
    libraries = ["-lm", "-lpthread"] if compiler == "gcc" else ["-lws2_32", "-lbcrypt"]
    run = subprocess.run([compiler, "-s", "-Wl,--allow-multiple-definition", "-o", str(target), *objects, *libraries], capture_output=True)
    shutil.rmtree(work)
    return run.returncode == 0 and target.exists() and target.stat().st_size > 40_000


def verdicts(mozu, data, files):
    """file → names of those who are named, best first."""
    out = {}
    for file in files:
        run = subprocess.run([mozu, "attribute", "--data", str(data), "--json", str(file)], capture_output=True, text=True, timeout=600)
        if run.returncode != 0:
            print(f"packed: {file.name}: {run.stderr.strip()}", file=sys.stderr)
            continue
        answer = json.loads(run.stdout)
        out[file] = ([v["entity"] for v in answer["verdicts"] if v["named"]], answer["verdicts"][0]["confidence"] if answer["verdicts"] else 0)
    return out


def packed_by(kind, plain, target):
    if kind.startswith("--"):
        return subprocess.run(["upx", "-q", kind, "-o", str(target), str(plain)], capture_output=True).returncode == 0
    source = plain
    if kind == "veil":
        source = target.with_suffix(".upx")
        if subprocess.run(["upx", "-q", "-o", str(source), str(plain)], capture_output=True).returncode != 0:
            return False
    return subprocess.run([sys.executable, str(PACK), kind, str(source), str(target)], capture_output=True).returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mozu")
    parser.add_argument("sources", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--only", nargs="+", default=list(PROJECTS))
    a = parser.parse_args()
    work, data = a.work.resolve(), a.work.resolve() / "data"
    shutil.rmtree(work, ignore_errors=True)
    for part in ("plain", "known", "packed"):
        (work / part).mkdir(parents=True)
    trees = {p: next((t for t in (a.sources.resolve() / "sources" / p).glob("*") if t.is_dir()), None) for p in PROJECTS}
    asked = collections.defaultdict(list)
    for project in [p for p in a.only if trees[p]]:
        for target, compiler in TARGETS.items():
            name = f"{project}-{compiler}.bin"
            known, plain = work / "known" / name, work / "plain" / name
            if not build(project, trees[project], compiler, "O2", known) or not build(project, trees[project], compiler, "O3", plain):
                continue
            subprocess.run([a.mozu, "gene", "add", "--data", str(data), "--malware", project, str(known)], check=True, capture_output=True)
            asked[target].append(plain)
    print("| D: programs for | packed by | same verdict | packed and not named | as sure |\n|---|---|---|---|---|")
    for target, files in asked.items():
        before = {f: v for f, v in verdicts(a.mozu, data, files).items() if v[0]}
        for kind in UPX + (TOYS if target.startswith("Windows") else ()):
            counts, sure = collections.Counter(), []
            for plain in before:
                file = work / "packed" / (plain.name + kind)
                if not packed_by(kind, plain, file):
                    counts["refused"] += 1
                    continue
                after = verdicts(a.mozu, data, [file]).get(file, ([], 0))
                counts["all"] += 1
                counts["same"] += after[0][:1] == before[plain][0][:1]
                counts["none"] += not after[0]
                sure.append(after[1] / before[plain][1])
                if after[0][:1] != before[plain][0][:1]:
                    print(f"packed: {file.name}: {after} and not {before[plain]}", file=sys.stderr)
            by = f"UPX {kind}" if kind.startswith("--") else f"toy: {kind}"
            refused = f" ({counts['refused']} the packer refuses)" if counts["refused"] else ""
            print(f"| {target} | {by} | {counts['same']} of {counts['all']}{refused} | {counts['none']} | {sum(sure) / max(1, len(sure)):.3f} |", flush=True)


if __name__ == "__main__":
    main()
