#!/usr/bin/env python3
"""Golden tests: what the program prints, kept as data. See tests/golden/README.md.

  tests/golden/run.py --mozu build/release/mozu [--bless] [-j N] [WORD…]     WORD selects cases whose name holds it
"""
import argparse
import concurrent.futures
import difflib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TIMEOUT_S = 600
DIFF_LINES_MAX = 80
STREAMS = ("stdout", "stderr", "exit")
CRASH = re.compile(rb"ERROR: (Address|Leak|Thread|Memory)Sanitizer|WARNING: ThreadSanitizer|runtime error: |terminate called")

# What differs from run to run, and what stands for it.
VOLATILE = [
    (re.compile(r"\b\d[\d,]*(\.\d+)? ?([kMGT]i?)?B/s"), "<RATE>"),
    (re.compile(r"\b\d[\d,]*(\.\d+)?( ?[kMG])? ?(lines|indicators|rows|files)(/s| a second| per second)"), r"<RATE> \3/s"),
    (re.compile(r"\b(in|took|after|elapsed:?) \d[\d,]*(\.\d+)? ?(ns|µs|us|ms|s|min)\b"), r"\1 <TIME>"),
    (re.compile(r'"((?:[a-z]+_)*(?:seconds|elapsed(?:_ms|_s)?|duration_ms|bytes_per_second))": ?\d+(\.\d+)?'), r'"\1":<TIME>'),
]


def canonify(text, places, rules):
    for path, name in places:
        text = text.replace(path, name)
    for pattern, replacement in [*VOLATILE, *rules]:
        text = pattern.sub(replacement, text)
    return text


def own_rules(case):
    """The case's file `canon`: lines `REGEX<TAB>REPLACEMENT`."""
    path = case / "canon"
    if not path.exists():
        return []
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return [(re.compile(left), right) for left, right in (line.split("\t", 1) for line in lines)]


def environment(mozu, scratch, shared):
    """Everything pinned; nothing of the caller's environment but what sanitizers need."""
    kept = {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}
    return {**kept, "PATH": f"{mozu.parent}:/usr/bin:/bin", "HOME": str(scratch), "TMPDIR": str(scratch),
            "TZ": "UTC", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "100",
            "MOZU_NOW": "2026-11-15T12:00:00Z", "MOZU_SEED": "1", "SHARED": str(shared)}


class Outcome:
    def __init__(self, case, status, detail=""):
        self.name = f"{case.parent.name}/{case.name}"
        self.status, self.detail = status, detail


def needs_of(case):
    path = case / "needs"
    return path.read_text().split() if path.exists() else []


def execute(case, mozu, shared):
    """Runs the case in a copy of its folder; gives (raw stdout + stderr, the three canonical texts)."""
    with tempfile.TemporaryDirectory(prefix="mozu-golden-") as scratch:
        scratch = Path(scratch).resolve()
        work = scratch / "case"
        shutil.copytree(case, work, ignore=shutil.ignore_patterns("expected.*"), symlinks=True)
        (work / "examples").symlink_to(ROOT / "examples")
        with open(work / "stdin", "rb") if (work / "stdin").exists() else open(os.devnull, "rb") as stdin:
            run = subprocess.run(["/bin/bash", "-uo", "pipefail", "cmd"], cwd=work, stdin=stdin, capture_output=True,
                                 env=environment(mozu, scratch, shared), timeout=TIMEOUT_S)
        places = [(str(work), "<CASE>"), (str(scratch), "<SCRATCH>"), (str(shared), "<SHARED>"), (str(ROOT), "<ROOT>")]
        rules = own_rules(case)
        texts = {"stdout": canonify(run.stdout.decode("utf-8", "backslashreplace"), places, rules),
                 "stderr": canonify(run.stderr.decode("utf-8", "backslashreplace"), places, rules),
                 "exit": f"{run.returncode}\n"}
        return run, texts


def expected_of(case):
    """A missing expected.stderr means: nothing; a missing expected.exit: 0."""
    found = {}
    for stream, default in zip(STREAMS, (None, "", "0\n")):
        path = case / f"expected.{stream}"
        found[stream] = path.read_bytes().decode("utf-8", "backslashreplace") if path.exists() else default
    return found


def write_expected(case, texts):
    changed = False
    for stream, default in zip(STREAMS, (None, "", "0\n")):
        path = case / f"expected.{stream}"
        before = path.read_bytes() if path.exists() else None
        after = None if texts[stream] == default else texts[stream].encode()
        if before == after:
            continue
        changed = True
        if after is None:
            path.unlink()
        else:
            path.write_bytes(after)
    return changed


def difference(stream, expected, actual):
    lines = list(difflib.unified_diff(expected.splitlines(True), actual.splitlines(True),
                                      f"expected.{stream}", f"actual {stream}"))
    shown = [line if line.endswith("\n") else line + "\n\\ no newline at the end\n" for line in lines[:DIFF_LINES_MAX]]
    if len(lines) > DIFF_LINES_MAX:
        shown.append(f"… {len(lines) - DIFF_LINES_MAX} more lines\n")
    return "".join(shown)


def run_case(case, mozu, shared, bless):
    missing = [need for need in needs_of(case) if not (shared / need).exists()]
    if missing:
        return Outcome(case, "skipped", f"no {' '.join(missing)} in the shared data")
    try:
        run, texts = execute(case, mozu, shared)
    except subprocess.TimeoutExpired:
        return Outcome(case, "failed", f"not done after {TIMEOUT_S} s\n")
    # A crash is never an expectation.
    if run.returncode < 0 or run.returncode >= 128 or CRASH.search(run.stderr):
        return Outcome(case, "failed", f"crashed, exit {run.returncode}\n" + texts["stderr"][-4000:])
    if bless:
        return Outcome(case, "blessed" if write_expected(case, texts) else "passed")
    expected = expected_of(case)
    if expected["stdout"] is None:
        return Outcome(case, "failed", "no expected.stdout: `make bless` writes it\n")
    parts = [difference(s, expected[s], texts[s]) for s in STREAMS if expected[s] != texts[s]]
    return Outcome(case, "failed" if parts else "passed", "".join(parts))


def main():
    parser = argparse.ArgumentParser(description="golden tests")
    parser.add_argument("--mozu", required=True, type=Path)
    parser.add_argument("--cases", type=Path, default=HERE, help="folder of <verb>/<case>/")
    parser.add_argument("--bless", action="store_true")
    parser.add_argument("-j", type=int, default=os.cpu_count() or 1)
    parser.add_argument("words", nargs="*")
    options = parser.parse_args()
    mozu = options.mozu.resolve()
    if not os.access(mozu, os.X_OK):
        print(f"golden: no program at {options.mozu}\n  hint: make build", file=sys.stderr)
        return 1
    shared = Path(os.environ.get("MOZU_SHARED", ROOT.parent / "shared")).resolve()
    cases = sorted(p.parent for p in options.cases.resolve().glob("*/*/cmd"))
    if options.words:
        cases = [c for c in cases if any(w in f"{c.parent.name}/{c.name}" for w in options.words)]
    with concurrent.futures.ThreadPoolExecutor(options.j) as pool:
        outcomes = list(pool.map(lambda case: run_case(case, mozu, shared, options.bless), cases))
    count = {status: sum(o.status == status for o in outcomes) for status in ("passed", "failed", "skipped", "blessed")}
    for outcome in outcomes:
        if outcome.status != "passed":
            print(f"{outcome.status.upper()} golden {outcome.name}" +
                  (f": {outcome.detail}" if outcome.status == "skipped" else ""))
        if outcome.status == "failed":
            print("  " + "\n  ".join(outcome.detail.splitlines()))
    skipped = f", {count['skipped']} skipped" if count["skipped"] else ""
    print(f"{count['passed'] + count['blessed']} passed, {count['failed']} failed{skipped}")
    return 1 if count["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
