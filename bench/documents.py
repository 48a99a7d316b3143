#!/usr/bin/env python3
"""Pages a second that `mozu extract` reads on one processor: real PDFs, the whole command, cold and warm.

  bench/documents.py [--mozu PROGRAM] [--write docs/extraction.md]

Data: $MOZU_SHARED/data (default: ../shared beside the repository). Without it nothing is measured.
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPEATS = 7
COPIES = 20  # of each document in one command, for the warm figure
BEGIN, END = "<!-- table: bench/documents.py -->\n", "<!-- end of speed -->"


def run(command):
    """Seconds of the median run, pinned to one processor, and what it printed."""
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        done = subprocess.run(["taskset", "-c", "0", *command], capture_output=True, check=False)
        seconds.append(time.perf_counter() - start)
        if done.returncode != 0:
            sys.exit(f"bench: {' '.join(map(str, command))} failed\n{done.stderr.decode(errors='replace')}")
    return statistics.median(seconds), done.stdout


def pages_of(mozu, path):
    """Page objects that stand open in the file, or the last page on which something was found."""
    open_ones = len(re.findall(rb"/Type\s*/Page(?![a-zA-Z])", path.read_bytes()))
    found = json.loads(subprocess.run([mozu, "extract", "--json", "--mentions", path], capture_output=True, check=True).stdout)["findings"]
    return max([open_ones, *(f["page"] for f in found)])


def measure(mozu, shared):
    documents = sorted((shared / "reports").glob("*/*.pdf"))
    names = shared / "attack/enterprise-attack-18.1.stix20.json.zst"
    rows, pages_in_all = [], 0
    for path in documents:
        pages = pages_of(mozu, path)
        pages_in_all += pages
        text, findings = run([mozu, "extract", "--text", path])[0], run([mozu, "extract", "--json", path])[0]
        rows.append((path.name, pages, pages / text, pages / findings))
    many = [p for p in documents for _ in range(COPIES)]
    warm = COPIES * pages_in_all
    text, findings = run([mozu, "extract", "--text", *many])[0], run([mozu, "extract", "--json", *many])[0]
    rows.append((f"all of them, {COPIES} times, one command", warm, warm / text, warm / findings))
    named = run([mozu, "extract", "--json", "--names", names, *many])[0]
    start = run([mozu, "extract", "--json", "--names", names, ROOT / "LICENSE"])[0]
    rows.append((f"the same with all names of ATT&CK ({start * 1000:.0f} ms to load)", warm, None, warm / named))
    return rows


def table(rows):
    out = ["| document | pages | text, pages/s | text and findings, pages/s |", "|---|--:|--:|--:|"]
    for name, pages, text, findings in rows:
        out.append(f"| {name} | {pages:,} | {'' if text is None else f'{text:,.0f}'} | {findings:,.0f} |")
    return "\n".join(out) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mozu", default=str(ROOT / "build/release/mozu"))
    parser.add_argument("--write", help="put the table between its marks on this page")
    options = parser.parse_args()
    shared = Path(os.environ.get("MOZU_SHARED", ROOT.parent / "shared")) / "data"
    if not (shared / "reports").is_dir():
        print(f"no reports at {shared}: documents are not measured")
        return
    text = table(measure(options.mozu, shared))
    print(text)
    if options.write:
        page = Path(options.write)
        before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
        _, end, after = rest.partition(END)
        page.write_text(before + begin + text + end + after, encoding="utf-8")


if __name__ == "__main__":
    main()
