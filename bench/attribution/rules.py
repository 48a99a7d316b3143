#!/usr/bin/env python3
"""Track K: a YARA rule for each project, made without its newest version, tried on that version and on strangers by YARA itself.

  rules.py MOZU CORPUS WORK

All projects but their newest versions, and the clean files, are in the index; half of the strangers are given as clean files that rules must not hit, hits
are counted on the other half.
"""
import argparse
import shutil
import subprocess
import sys
from pathlib import Path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mozu")
    parser.add_argument("corpus", type=Path)
    parser.add_argument("work", type=Path)
    a = parser.parse_args()
    rows = [line.split("\t") for line in (a.corpus / "corpus.tsv").read_text().splitlines()]
    families, goodware, libraries, strangers = {}, [], {}, []
    for name, role, label, _ in rows:
        path = a.corpus / "files" / name
        if role == "family":
            families.setdefault(label, []).append(path)
        elif role == "goodware":
            goodware.append(path)
        elif role == "library":
            libraries.setdefault(label, []).append(path)
        elif role in ("stranger", "negative"):
            strangers.append(path)
    families = {label: files for label, files in families.items() if len(files) > 2}
    shutil.rmtree(a.work, ignore_errors=True)
    for part in ("clean", "others", "rules", "newest"):
        (a.work / part).mkdir(parents=True)
    data = ["--data", str(a.work / "data")]
    subprocess.run([a.mozu, "gene", "goodware", *data, *map(str, goodware)], check=True, capture_output=True)
    for label, files in libraries.items():
        subprocess.run([a.mozu, "gene", "library", *data, "--name", label, *map(str, files)], check=True, capture_output=True)
    for label, files in families.items():
        subprocess.run([a.mozu, "gene", "add", *data, "--malware", label, *map(str, files[:-1])], check=True, capture_output=True)
        (a.work / "newest" / label).symlink_to(files[-1])
    # By package: its programs are alike.
    packages = sorted({path.name.split("_")[0] for path in strangers})
    for path in strangers:
        (a.work / ("clean" if packages.index(path.name.split("_")[0]) % 2 else "others") / path.name).hardlink_to(path)
    made = 0
    for label, files in families.items():
        run = subprocess.run([a.mozu, "yara", "generate", *data, "--malware", label, "--name", f"r_{label}", "--clean", str(a.work / "clean"), *map(str, files[:-1])],
                             capture_output=True, text=True)
        print(f"{label}: {run.stderr.strip()}", file=sys.stderr, flush=True)
        if run.returncode == 0:
            made += 1
            (a.work / "rules" / f"{label}.yar").write_text(run.stdout)
    every = a.work / "all.yar"
    every.write_text("\n".join(p.read_text() for p in sorted((a.work / "rules").glob("*.yar"))))

    def hits(folder):
        lines = [line for path in sorted(folder.iterdir())
                 for line in subprocess.run(["yara", "-w", str(every), str(path)], capture_output=True, text=True, check=True).stdout.splitlines()]
        return [(line.split(" ")[0], Path(line.split(" ", 1)[1]).name) for line in lines]

    def rule_name(label):
        return "r_" + "".join(c if c.isalnum() else "_" for c in label)

    newest = hits(a.work / "newest")
    right = sum((rule_name(label), label) in newest for label in families)
    wrong = [hit for hit in newest if hit[0] != rule_name(hit[1])]
    others = hits(a.work / "others")
    for hit in wrong + others:
        print(f"hit of another: {hit[0]} {hit[1]}", file=sys.stderr)
    print("| K: rules | newest versions hit | hits of other projects | hits of strangers |\n|---|---|---|---|")
    print(f"| {made} of {len(families)} | {right}/{len(families)} = {right / len(families):.3f} | {len(wrong)} | {len(others)} in {len(list((a.work / 'others').iterdir()))} files |")


if __name__ == "__main__":
    main()
