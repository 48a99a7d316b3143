#!/usr/bin/env python3
"""All tests of the project, in one run: builds what it needs, runs it, counts every test case, ends with one plain line
`N passed, N failed[, N skipped]` and exits non-zero if anything failed.

  tests/run.py [STEP…]      steps: tidy, release, asan, tsan, dev, web, coverage; default: all but dev, web (a part of release) and coverage

A step that is a CMake preset is built, then the tests that CTest knows there are run (gtest programs case by case). All tests share one pool, one a processor, those
with the highest COST of a step first; while they run, the next step is built: browsers and servers mostly wait. Failures are told when they happen and once
more at the end. Logs: build/test-logs/.
"""
import concurrent.futures
import dataclasses
import json
import os
import re
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / "build/test-logs"
JOBS = int(os.environ.get("MOZU_JOBS", os.cpu_count() or 1))
TIMEOUT_S = 3600
BUILD_TIMEOUT_S = 7200  # beside tests a build gets what they leave
LOG_LINES_SHOWN = 60
SUMMARY = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$")


@dataclasses.dataclass(frozen=True)
class Preset:
    """What of a CMake preset is run: tests of these labels, but none of those; and which targets are built (empty: all)."""
    labels: tuple
    but: tuple = ()
    targets: tuple = ()


PRESETS = {
    "dev": Preset(("unit", "golden", "crash", "clients", "replay")),
    "release": Preset(("unit", "golden", "crash", "clients", "web"), but=("cold",)),  # cold: see cmake/MozuRoom.cmake
    "coverage": Preset(("unit", "golden", "crash", "replay")),
    "asan": Preset(("unit", "golden", "replay")),
    # Only the rooms that use threads are of interest.
    "tsan": Preset(("threads",), targets=("mozu_threads_tests",)),
}
# Steps that are a part of another preset's.
PARTS = {"web": ("release", Preset(("web",), targets=("mozu",)))}
DEFAULT_STEPS = ("tidy", "release", "asan", "tsan")


@dataclasses.dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    notes: list = dataclasses.field(default_factory=list)

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def __str__(self):
        return f"{self.passed} passed, {self.failed} failed" + (f", {self.skipped} skipped" if self.skipped else "")


failures = []  # titles and texts, told once more at the end: whoever sees only the tail of a long output sees them


def say(text):
    print(text, flush=True)


def tail(path):
    lines = path.read_text(errors="replace").splitlines()
    return "\n".join("    " + line for line in lines[-LOG_LINES_SHOWN:])


def told_failures(path):
    """What a log says of failures, wherever in it: the last lines of a long one are often of what passed."""
    lines = path.read_text(errors="replace").splitlines() if path.exists() else []
    found = [n for n, line in enumerate(lines) if re.match(r"FAILED |FAIL: |ERROR: |.*\bFailure$|.*ERROR: (Address|Leak|Thread|Undefined)|.*runtime error: ", line)]
    return ["    " + line[:400] for n in found[:10] for line in lines[n:n + 6]]


@dataclasses.dataclass
class Run:
    """How a command went."""
    code: int
    seconds: float
    processor_s: float

    def __str__(self):
        return f"{self.seconds:.1f} s, processor {self.processor_s:.1f} s"


def run_logged(command, log, environment=None, timeout_s=TIMEOUT_S):
    """Runs a command, its whole output goes to a file; code 124: it took too long."""
    LOGS.mkdir(parents=True, exist_ok=True)
    started, late = time.monotonic(), threading.Event()
    with open(log, "wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                                   env={**os.environ, **(environment or {})})
        end = threading.Timer(timeout_s, lambda: (late.set(), process.kill()))
        end.start()
        _, status, used = os.wait4(process.pid, 0)  # not Popen.wait(): it does not tell what was used
        end.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        if late.is_set():
            out.write(f"\nnot done after {timeout_s} s\n".encode())
    return Run(124 if late.is_set() else process.returncode, time.monotonic() - started, used.ru_utime + used.ru_stime)


def gtest_count(report, code):
    """Counts of a gtest JSON report. A program that died half-way left none: one failure."""
    try:
        suites = json.loads(report.read_text())["testsuites"]
    except (OSError, ValueError, KeyError):
        return Count(failed=1, notes=[f"no report: the program died (exit {code})"])
    count = Count()
    for suite in suites:
        for case in suite["testsuite"]:
            name = f"{case['classname']}.{case['name']}"
            if case.get("failures"):
                count.failed += 1
                count.notes.append(f"FAILED {name}")
            elif case.get("result") == "SKIPPED":
                count.skipped += 1
                count.notes.append(f"skipped {name}")
            elif case.get("result") == "COMPLETED":
                count.passed += 1
    if code != 0 and count.failed == 0:
        count.failed = 1
        count.notes.append(f"exit {code} though no case failed (a sanitizer report?)")
    if count.passed + count.failed + count.skipped == 0:
        count.failed = 1
        count.notes.append("no test case in the program")
    return count


def text_count(log, code):
    """Counts of a program that prints `N passed, N failed`; one that does not is one test."""
    for line in reversed(log.read_text(errors="replace").splitlines()):
        found = SUMMARY.match(line)
        if found:
            count = Count(*(int(n or 0) for n in found.groups()))
            if code != 0 and count.failed == 0:
                count.failed = 1
            return count
    return Count(passed=1) if code == 0 else Count(failed=1, notes=[f"exit {code}"])


def run_test(step, test, shard=None):
    """Runs one test of CTest's list."""
    properties = {p["name"]: p["value"] for p in test.get("properties", [])}
    environment = dict(pair.split("=", 1) for pair in properties.get("ENVIRONMENT", []))
    name = test["name"] + (f".{shard[0] + 1}of{shard[1]}" if shard else "")
    command, log = list(test["command"]), LOGS / f"{step}.{name}.log"
    if "gtest" in properties.get("LABELS", []):
        report = LOGS / f"{step}.{name}.json"
        report.unlink(missing_ok=True)
        if shard:
            environment |= {"GTEST_SHARD_INDEX": str(shard[0]), "GTEST_TOTAL_SHARDS": str(shard[1])}
        run = run_logged([*command, f"--gtest_output=json:{report}"], log, environment)
        count = gtest_count(report, run.code)
    else:
        run = run_logged(command, log, environment)
        count = text_count(log, run.code)
    report_test(f"[{step}] {name}", count, run, log)
    return count


def report_test(title, count, run, log):
    lines = [f"{title}: {count} ({run})", *("    " + note for note in count.notes)]
    if count.failed:
        lines += [*told_failures(log), tail(log), f"    log: {log.relative_to(ROOT)}"]
        failures.append("\n".join([lines[0], *told_failures(log), *("    " + note for note in count.notes)]))
    say("\n".join(lines))


def preset_of(step):
    return PARTS[step] if step in PARTS else (step, PRESETS[step])


def build(step, beside_tests):
    preset, of = preset_of(step)
    log = LOGS / f"{preset}.build.log"
    run = run_logged([*(["nice", "-n", "10"] if beside_tests else []), "scripts/build.sh", preset, *of.targets], log, timeout_s=BUILD_TIMEOUT_S)
    if run.code != 0:
        report_test(f"[{preset}] build", Count(failed=1), run, log)
        return False
    say(f"[{preset}] built ({run})")
    return True


def tests_of(preset, of):
    """Tests of CTest's list, each with its share if it is spread over the processors; the longest first."""
    listing = subprocess.run(["ctest", "--test-dir", f"build/{preset}", "--show-only=json-v1"], cwd=ROOT,
                             capture_output=True, text=True, check=True).stdout
    found = []
    for test in json.loads(listing)["tests"]:
        properties = {p["name"]: p["value"] for p in test.get("properties", [])}
        own = set(properties.get("LABELS", []))
        if not own & set(of.labels) or own & set(of.but) or not test.get("command"):
            continue
        shares = [(i, JOBS) for i in range(JOBS)] if "sharded" in own and JOBS > 1 else [None]
        found += [(float(properties.get("COST", 0)), test, share) for share in shares]
    return [(test, share) for _, test, share in sorted(found, key=lambda one: -one[0])]


def tests_of_step(step, pool, built):
    """The runs of a step's tests, begun."""
    if not built:
        return [pool.submit(Count, failed=1)]
    preset, of = preset_of(step)
    return [pool.submit(run_test, preset, test, share) for test, share in tests_of(preset, of)]


def tidy_step(pool):
    """The tests of the sources themselves, and of the tools that test; begun."""
    scripts = [p for p in subprocess.run(["git", "ls-files", "*.sh", ".ci/run"], cwd=ROOT, capture_output=True, text=True,
                                         check=False).stdout.split() if (ROOT / p).exists()]
    commands = {
        "tidy": [sys.executable, "tests/tidy/tidy.py"],
        "tidy_self": [sys.executable, "tests/tidy/test_tidy.py"],
        "golden_self": [sys.executable, "tests/golden/test_run.py"],
        "run_self": [sys.executable, "tests/test_run.py"],
        "changelog_self": [sys.executable, "scripts/test_changelog.py"],
    }
    sources = subprocess.run(["git", "ls-files", "*.cpp", "*.hpp"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    sources = [p for p in sources if (ROOT / p).exists()]
    for part in range(JOBS):
        commands[f"format.{part + 1}of{JOBS}"] = ["clang-format-19", "--dry-run", "-Werror", *sources[part::JOBS]]
    if scripts:
        commands["shellcheck"] = ["shellcheck", *scripts]
    return [pool.submit(tool_test, name, command) for name, command in commands.items()]


def tool_test(name, command):
    log = LOGS / f"tidy.{name}.log"
    run = run_logged(command, log)
    count = text_count(log, run.code)
    ran = re.search(r"^Ran (\d+) tests? in", log.read_text(errors="replace"), re.M)
    if ran and run.code == 0:
        count = Count(passed=int(ran.group(1)))
    report_test(f"[tidy] {name}", count, run, log)
    return count


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main():
    steps = sys.argv[1:] or list(DEFAULT_STEPS)
    unknown = [step for step in steps if step not in PRESETS and step not in PARTS and step != "tidy"]
    if unknown:
        print(f"test: no such step: {' '.join(unknown)} (steps: tidy {' '.join([*PRESETS, *PARTS])})", file=sys.stderr)
        return 1
    if not (Path(os.environ.get("MOZU_SHARED", ROOT.parent / "shared")) / "data").is_dir():
        say("no shared data beside the repository: the tests that read it will be skipped")
    total, started, times = Count(), time.monotonic(), []
    with concurrent.futures.ThreadPoolExecutor(1) as builder, concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        presets = [step for step in steps if step != "tidy"]
        builds = {step: builder.submit(build, step, step != presets[0]) for step in presets}
        begun = []
        for step in steps:
            runs = tidy_step(pool) if step == "tidy" else tests_of_step(step, pool, builds[step].result())
            begun.append((step, runs))
        for step, runs in begun:
            for run in runs:
                total.add(run.result())
            times.append(f"{step} {time.monotonic() - started:.0f} s")
    for text in failures:
        say(text)
    say(f"done after: {', '.join(times)}; together {time.monotonic() - started:.0f} s (processor {cpu_seconds():.0f} s)")
    say(str(total))
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
