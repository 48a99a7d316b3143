#!/usr/bin/env python3
"""Reads every feed under ../shared/data and writes what came of it: docs/feed-table.tsv (a row a file) and the summary
in docs/feed-formats.md (a row a folder, between the two markers there).

Usage: tools/feed_table.py MOZU [DATA]     e.g. tools/feed_table.py build/release/mozu
Exit: 0 written, 1 wrong usage or no data."""
import collections
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("indicators", "misp", "stix", "misp-warninglists")
BATCH = 100
BEGIN, END = "<!-- table: begin (tools/feed_table.py) -->", "<!-- table: end -->"


def check(mozu, files):
    """file → report, for each file; None where it is no feed."""
    run = subprocess.run([mozu, "feed", "check", "--json", *map(str, files)], capture_output=True, text=True, errors="replace")
    if run.returncode not in (0, 2):
        raise SystemExit(f"mozu feed check failed: {run.stderr[:500]}")
    return {feed["name"]: feed for feed in json.loads(run.stdout)["feeds"]}


def counts(d):
    return ", ".join(f"{name} {n:,}" for name, n in sorted(d.items(), key=lambda x: (-x[1], x[0])))


def group_of(path):
    return "/".join(path.parts[:2]) if path.parts[0] != "misp-warninglists" else path.parts[0]


def main():
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    data = pathlib.Path(sys.argv[2] if len(sys.argv) == 3 else ROOT.parent / "shared" / "data")
    files = [f for folder in FOLDERS for f in sorted((data / folder).rglob("*")) if f.is_file() and not f.name.startswith("LICENSE")]
    if not files:
        raise SystemExit(f"no feeds under {data}")
    reports = {}
    for i in range(0, len(files), BATCH):
        reports.update(check(sys.argv[1], files[i:i + BATCH]))

    groups = collections.OrderedDict()
    lines = ["file\tformat\trows\tindicators\tby type\trefused\tpassed over"]
    for file in files:
        path = file.relative_to(data)
        r = reports[str(file)]
        read = bool(r["format"])
        lines.append("\t".join([str(path), r["format"] or "not a feed", str(r["rows"]), str(r["indicators"]), counts(r["by_type"]),
                                counts(r["refused_by_code"]), counts(r["passed_over_by_kind"])]))
        g = groups.setdefault(group_of(path), {"files": 0, "none": 0, "rows": 0, "formats": collections.Counter(), "types": collections.Counter(),
                                               "refused": collections.Counter(), "passed": collections.Counter()})
        g["files"] += 1
        g["none"] += not read
        g["rows"] += r["rows"]
        if read:
            g["formats"][r["format"]] += 1
        g["types"].update(r["by_type"])
        g["refused"].update(r["refused_by_code"])
        g["passed"].update(r["passed_over_by_kind"])
    (ROOT / "docs" / "feed-table.tsv").write_text("\n".join(lines) + "\n")

    table = ["| folder | files (no feed) | formats | rows | indicators by type | refused, and why | passed over |", "|---|---|---|---|---|---|---|"]
    for name, g in groups.items():
        passed = g["passed"].most_common(6)
        more = sum(g["passed"].values()) - sum(n for _, n in passed)
        shown = counts(dict(passed)) + (f", others {more:,}" if more else "")
        cells = [f"`{name}`", f"{g['files']} ({g['none']})", counts(g["formats"]), f"{g['rows']:,}", counts(g["types"]), counts(g["refused"]) or "–", shown or "–"]
        table.append("| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |")
    total = [sum(g["rows"] for g in groups.values()), sum(sum(g["types"].values()) for g in groups.values()),
             sum(sum(g["refused"].values()) for g in groups.values())]
    table.append(f"\nIn all {len(files):,} files, {total[0]:,} rows, {total[1]:,} indicators, {total[2]:,} rows refused.")
    doc = ROOT / "docs" / "feed-formats.md"
    text = doc.read_text()
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    doc.write_text(before + BEGIN + "\n" + "\n".join(table) + "\n" + END + after)


if __name__ == "__main__":
    main()
