#!/usr/bin/env python3
"""Runs the fuzz targets built by the preset `fuzz`, and keeps what they find.

  fuzz/run.py [NAME…]       MOZU_FUZZ_SECONDS (default 60) a target

Each target runs on its kept corpus (fuzz/corpus/NAME). Afterwards the inputs that reach new code are minimised and merged
into that folder. A crash goes to fuzz/crashes/NAME, is shown, and fails the run.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INPUT_BYTES_MAX = 64 * 1024
KEPT_BYTES_MAX = 16 * 1024   # larger inputs are not kept: the corpus lives in the repository
CORPUS_FILES_MAX = 120       # a target; beyond it only smaller replacements are worth their place


def merge(program, kept, found):
    """Copies into `kept` the smallest set of found inputs that reaches code the kept ones do not."""
    before = {p.name for p in kept.iterdir()}
    result = subprocess.run([str(program), "-merge=1", f"-max_len={KEPT_BYTES_MAX}", str(kept), str(found)],
                            capture_output=True, text=True, errors="replace")
    if result.returncode != 0:
        sys.stderr.write(result.stderr[-2000:])
    new = sorted((p for p in kept.iterdir() if p.name not in before), key=lambda p: p.stat().st_size)
    room = max(0, CORPUS_FILES_MAX - len(before))
    for extra in new[room:]:
        extra.unlink()
    return min(len(new), room)


def replay(program, kept):
    """What is kept, once: with -fork a kept input that crashes is passed over in silence. None: all went well."""
    inputs = sorted(str(p) for p in kept.iterdir())
    if not inputs:
        return None
    run = subprocess.run([str(program), "-timeout=20", "-rss_limit_mb=4096", *inputs], capture_output=True, text=True, errors="replace",
                         env={**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8"}, check=False)
    return run.stderr if run.returncode != 0 else None


def fuzz(program, seconds, jobs):
    name = program.name.removeprefix("fuzz_")
    kept = ROOT / "fuzz/corpus" / name
    crashes = ROOT / "fuzz/crashes" / name
    kept.mkdir(parents=True, exist_ok=True)
    crashes.mkdir(parents=True, exist_ok=True)
    if (said := replay(program, kept)) is not None:
        print(f"FAILED {name}: an input that is kept fails", flush=True)
        print("\n".join("  " + line for line in said.splitlines()[-60:]))
        return False
    dictionary = ROOT / "fuzz" / f"{name}.dict"
    with tempfile.TemporaryDirectory(prefix="mozu-fuzz-") as scratch:
        found = Path(scratch) / "found"
        found.mkdir()
        command = [str(program), f"-max_total_time={seconds}", f"-max_len={INPUT_BYTES_MAX}", "-timeout=20",
                   "-rss_limit_mb=4096", f"-fork={jobs}", "-ignore_crashes=0", "-print_final_stats=1",
                   f"-artifact_prefix={crashes}/"]
        if dictionary.exists():
            command.append(f"-dict={dictionary}")
        run = subprocess.run([*command, str(found), str(kept)], cwd=scratch, capture_output=True, text=True,
                             errors="replace", env={**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8"})
        new = merge(program, kept, found) if any(found.iterdir()) else 0
    counts = re.findall(r"^#(\d+): ", run.stderr, re.M)
    executions = int(counts[-1]) if counts else 0
    failed = run.returncode != 0
    print(f"{'FAILED' if failed else 'ok':6} {name}: {executions} executions in {seconds} s, {new} new inputs kept, "
          f"{sum(1 for _ in kept.iterdir())} in all", flush=True)
    if failed:
        tail = run.stderr.splitlines()[-60:]
        print("\n".join("  " + line for line in tail))
        for crash in sorted(crashes.iterdir()):
            print(f"  input: {crash.relative_to(ROOT)}  (again: {program.relative_to(ROOT)} {crash.relative_to(ROOT)})")
    else:
        shutil.rmtree(crashes)
    return not failed


def main():
    programs = sorted(p for p in (ROOT / "build/fuzz/fuzz").glob("fuzz_*") if os.access(p, os.X_OK))
    wanted = sys.argv[1:]
    if wanted:
        programs = [p for p in programs if p.name.removeprefix("fuzz_") in wanted]
    if not programs:
        print("fuzz: no such target built (build/fuzz/fuzz/fuzz_*)", file=sys.stderr)
        return 1
    seconds = int(os.environ.get("MOZU_FUZZ_SECONDS", "60"))
    jobs = int(os.environ.get("MOZU_FUZZ_JOBS", os.cpu_count() or 1))
    failed = [p.name for p in programs if not fuzz(p, seconds, jobs)]
    print(f"{len(programs) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
