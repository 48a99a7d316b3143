#!/usr/bin/env python3
"""Clients that others wrote, against a running server: what TAXII, STIX, OpenAPI and HTTP say, seen from outside.

  tests/clients/run.py --mozu build/release/mozu [--only test_taxii.py] [PYTEST OPTION…]

The packages of setup/test.python are installed once into build/clients, and again when that list changes. Where the registry of Python packages cannot be
reached the tests are skipped, and say so. Ends with a line `N passed, N failed[, N skipped]`.
"""
import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LIST = ROOT / "setup/test.python"
HOME = ROOT / "build/clients"
INSTALL_S = 240
# What pip says when nobody answered, which is no failure of ours; a package that does not exist is one.
UNREACHABLE = ("Failed to establish a new connection", "Temporary failure in name resolution", "Connection refused", "ConnectTimeoutError", "ReadTimeoutError",
               "ProxyError", "NewConnectionError", "NameResolutionError", "Network is unreachable")


class Unreachable(Exception):
    pass


def environment():
    """The Python of the clients' environment, made if it is not there or its list is another."""
    wanted = hashlib.sha256(LIST.read_bytes() + sys.version.encode()).hexdigest()
    python, stamp = HOME / "bin/python", HOME / "stamp"
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    shutil.rmtree(HOME, ignore_errors=True)
    venv.create(HOME, with_pip=True)
    done = subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--retries", "1", "-r", LIST],
                          capture_output=True, text=True, timeout=INSTALL_S, check=False)
    if done.returncode != 0:
        said = done.stdout + done.stderr
        if any(text in said for text in UNREACHABLE):
            raise Unreachable(said.strip().splitlines()[-1])
        sys.exit(f"clients: pip could not install what setup/test.python lists\n{said}")
    stamp.write_text(wanted)
    return python


class Counter:
    """Counts what pytest saw; a fixture that fails is a failure of its test."""

    def __init__(self):
        self.passed, self.failed, self.skipped = 0, 0, 0

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.failed += 1
        elif report.skipped:
            self.skipped += 1
        elif report.when == "call":
            self.passed += 1

    def __str__(self):
        return f"{self.passed} passed, {self.failed} failed" + (f", {self.skipped} skipped" if self.skipped else "")


def inside(options, more):
    """Within the environment of the clients."""
    import pytest
    # All is on the loopback: neither proxies nor authorities of this machine have a say.
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        os.environ.pop(name, None)
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "*"
    os.environ["MOZU_PROGRAM"] = str(Path(options.mozu).resolve())
    counter = Counter()
    where = Path(__file__).parent
    code = pytest.main(["-p", "no:cacheprovider", "-p", "no:schemathesis", "-rs", "--tb=short", "--durations=5", str(where / options.only) if options.only else str(where), *more], plugins=[counter])
    print(counter, flush=True)
    return 1 if counter.failed or code not in (0, 1) else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mozu", required=True)
    parser.add_argument("--only")
    options, more = parser.parse_known_args()
    if Path(sys.prefix) == HOME:
        return inside(options, more)
    try:
        python = environment()
    except (Unreachable, subprocess.TimeoutExpired) as e:
        print(f"skipped: the registry of Python packages cannot be reached: {e}")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    return subprocess.run([python, "-B", __file__, *sys.argv[1:]], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
