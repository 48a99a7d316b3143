#!/usr/bin/env python3
"""The sample feeds must find in the sample logs what examples/planted.tsv says, and nothing else.

  tests/examples/check.py MOZU

Checked in several ways of running: with one thread and with three, from the compressed logs and from standard input. They
must agree with the list and, in order, with one another.
"""
import collections
import gzip
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLES = ROOT / "examples"
ENVIRONMENT = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "NO_COLOR": "1", "PATH": "/usr/bin:/bin", "MOZU_NOW": "2026-11-15T12:00:00Z"}


def planted():
    rows = [line.split("\t") for line in (EXAMPLES / "planted.tsv").read_text().splitlines() if not line.startswith("#")]
    return collections.Counter((file, int(line), value, relation) for file, line, value, relation in rows)


def run(arguments, stdin=None):
    done = subprocess.run(arguments, input=stdin, capture_output=True, env=ENVIRONMENT, timeout=300, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, arguments))}: exit {done.returncode}\n{done.stderr.decode(errors='replace')}")
    return done.stdout.decode()


def found(output, source=None):
    """Detections as the list writes them, in the program's order."""
    result = []
    for line in output.splitlines():
        record = json.loads(line)
        name = source or Path(record["source"]).name.removesuffix(".gz")
        result.append((name, record["line"], record["indicator"]["value"], record["relation"]))
    return result


def compare(title, actual, expected, failures):
    actual = collections.Counter(actual)
    missed, extra = expected - actual, actual - expected
    for word, items in (("missed", missed), ("not planted", extra)):
        for file, line, value, relation in sorted(items.elements()):
            failures.append(f"{title}: {word}: {file}:{line} {value} {relation}")


def main():
    mozu = str(Path(sys.argv[1]).resolve())
    expected, failures = planted(), []
    with tempfile.TemporaryDirectory(prefix="mozu-examples-") as scratch:
        index = str(Path(scratch) / "sample.mzi")
        run([mozu, "index", "build", "--config", str(EXAMPLES / "feeds.toml"), "--output", index])
        match = [mozu, "match", "--index", index, "--output", "json"]
        logs = sorted((EXAMPLES / "logs").iterdir())

        one = found(run([*match, "-j", "1", str(EXAMPLES / "logs")]))
        compare("one thread", one, expected, failures)
        three = found(run([*match, "-j", "3", str(EXAMPLES / "logs")]))
        if three != one:
            failures.append("three threads: not the same detections in the same order")

        packed = Path(scratch) / "logs"
        packed.mkdir()
        for log in logs:
            (packed / f"{log.name}.gz").write_bytes(gzip.compress(log.read_bytes()))
        compare("compressed", found(run([*match, str(packed)])), expected, failures)

        piped = [hit for log in logs for hit in found(run([*match, "-"], stdin=log.read_bytes()), log.name)]
        compare("standard input", piped, expected, failures)
    for failure in failures:
        print(failure)
    print(f"{4 - len({f.split(':')[0] for f in failures})} passed, {len({f.split(':')[0] for f in failures})} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
