"""A server of the built program on the loopback, with knowledge and people, for all tests of this folder."""
import contextlib
import dataclasses
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).resolve().parent.parent.parent
ROLES = ("administrator", "analyst", "author", "reader", "feed-client")
PATIENCE_S = 30


@dataclasses.dataclass
class Mozu:
    """A data folder and the server over it."""
    program: str
    data: Path
    url: str = ""
    process: subprocess.Popen = None
    log: Path = None
    tokens: dict = dataclasses.field(default_factory=dict)

    def run(self, *words, stdin=""):
        done = subprocess.run([self.program, *words, "--data", self.data], input=stdin, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, f"mozu {' '.join(map(str, words))}\n{done.stdout}{done.stderr}"
        return done.stdout

    def serve(self, *options):
        self.log = self.data.with_name(f"serve-{id(self)}.log")
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen([self.program, "serve", "--data", self.data, *(() if "--listen" in options else ("--listen", "127.0.0.1:0")), *options], stderr=out, stdin=subprocess.DEVNULL)
        end = time.monotonic() + PATIENCE_S
        while not (found := re.search(r"mozu serves (\S+)", self.log.read_text())):
            assert self.process.poll() is None and time.monotonic() < end, self.log.read_text()
            time.sleep(0.02)
        self.url = found.group(1)
        return self

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=PATIENCE_S) == 0, self.log.read_text()

    def add_people(self):
        for role in ROLES:
            self.run("user", "add", role, "--role", role, "--organisation", "A", "--clearance", "red", stdin="correct horse battery\n")
            self.tokens[role] = self.run("token", "add", role, "--scopes", "all").strip()
        return self

    def session(self, role):
        s = requests.Session()
        s.headers["Authorization"] = f"Bearer {self.tokens[role]}"
        return s


@contextlib.contextmanager
def small_disk(folder, size):
    """A file system of its own in a folder, of "48m". It takes the right to mount; whoever lacks it is told by a skipped test, never by a passed one."""
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=False)


@pytest.fixture(scope="session")
def program():
    return os.environ["MOZU_PROGRAM"]


def sample(program, folder):
    """What the sample feeds say, and people; served by nobody yet."""
    house = Mozu(program, folder / "data")
    house.run("import", str(ROOT / "examples/feeds"))
    return house.add_people()


@pytest.fixture(scope="session")
def mozu(program, tmp_path_factory):
    """Serves the sample to all tests that leave it as it is, but for what they add."""
    house = sample(program, tmp_path_factory.mktemp("mozu")).serve("--plain")
    yield house
    house.stop()
