#!/usr/bin/env python3
"""What an accident may cost: nothing that `mozu import` has acknowledged. The real program is killed at random points of imports; its disk is full,
read-only, damaged; another process holds the base.

  tests/crash/run.py --mozu build/release/mozu [--kills 200] [--seed N]

An import is acknowledged when its line of `--json` was printed. After each kill the base must open, `mozu doctor` must find nothing, and it must
hold all acknowledged imports, whole, and of the others nothing; but for the one being written, which may have become durable in the moment before its
line: whole or not at all.
"""
import argparse
import atexit
import contextlib
import http.client
import json
import os
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

BUNDLES = 12
OBJECTS = 150
ROUNDS_PER_BASE = 10  # the base grows: updates and additions are both hit


def bundle(number, version):
    """Objects of a bundle: half of them its own, the others new versions of what all bundles share."""
    objects = []
    for i in range(OBJECTS):
        shared = i % 2 == 0
        key = f"{0 if shared else number:04x}-8000-{i:012x}"
        objects.append({"type": "tool", "spec_version": "2.1", "id": f"tool--00000000-0000-4000-8000-{(0 if shared else number) * 1000 + i:012x}",
                        "created": "2024-01-01T00:00:00.000Z", "modified": f"2024-01-01T00:00:{version % 60:02d}.{number:03d}Z",
                        "name": f"tool {key}", "description": f"of bundle {number} version {version} " + "words to find " * 20, "x_bundle": f"{number}.{version}"})
    return {"type": "bundle", "id": f"bundle--00000000-0000-4000-8000-{number:012x}", "objects": objects}


class Failure(Exception):
    pass


def check(condition, text):
    if not condition:
        raise Failure(text)


class Base:
    def __init__(self, mozu, folder):
        self.mozu, self.folder, self.data = mozu, folder, folder / "data"

    def run(self, *words, **more):
        done = subprocess.run([self.mozu, *map(str, words)], capture_output=True, text=True, timeout=120, **more)
        check(done.returncode >= 0, f"{words[0]}: ended by signal {-done.returncode}\n{done.stderr}")
        return done

    def imports(self, *files, **more):
        return self.run("import", "--data", self.data, "--json", *files, **more)

    def healthy(self):
        done = self.run("doctor", "--data", self.data)
        check(done.returncode == 0, f"doctor: {done.stdout}{done.stderr}")

    def objects(self):
        done = self.run("export", "--data", self.data, "--format", "stix")
        check(done.returncode == 0, f"export: {done.stderr}")
        return {o["id"]: o for o in json.loads(done.stdout)["objects"]}

    def imported(self):
        """Origins of imports that the base knows."""
        with contextlib.closing(sqlite3.connect(f"file:{self.data}/knowledge.db?mode=ro", uri=True)) as db:
            return [bytes(row[0]).decode() if isinstance(row[0], bytes) else row[0] for row in db.execute("SELECT origin FROM import ORDER BY number")]


def expected(bundles):
    """Latest versions after these imports, in this order."""
    latest = {}
    for b in bundles:
        for o in b["objects"]:
            known = latest.get(o["id"])
            if known is None or o["modified"] >= known["modified"]:
                latest[o["id"]] = o
    return latest


def kill_round(base, files, written, random_source, longest):
    """Imports `files`, killed somewhere; gives how many of them are stored and how many had been acknowledged."""
    before = len(base.imported()) if base.data.exists() and (base.data / "knowledge.db").exists() and written else 0
    process = subprocess.Popen([base.mozu, "import", "--data", base.data, "--json", *files], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    time.sleep(random_source.random() * longest)
    process.send_signal(signal.SIGKILL)
    output = process.communicate()[0].decode()
    lines = output.split("\n")
    acknowledged = [json.loads(line)["file"] for line in lines[:-1]]
    check(acknowledged == files[:len(acknowledged)], f"acknowledged in another order: {acknowledged}")
    if not (base.data / "knowledge.db").exists():
        check(not acknowledged, "acknowledged without a base")
        return 0, 0
    base.healthy()
    stored = base.imported()[before:]
    check(stored[:len(acknowledged)] == acknowledged, f"acknowledged {acknowledged}, stored {stored}")
    check(len(stored) <= len(acknowledged) + 1, f"acknowledged {acknowledged}, stored {stored}")
    check(stored == files[:len(stored)], f"stored {stored}")
    return len(stored), len(acknowledged)


def test_kills(mozu, folder, kills, random_source):
    base = Base(mozu, folder)
    measured = Base(mozu, folder / "measured")
    measured.folder.mkdir()
    files = []
    for n in range(1, BUNDLES + 1):
        (folder / f"{n:02d}.json").write_text(json.dumps(bundle(n, 0)))
        files.append(str(folder / f"{n:02d}.json"))
    begun = time.monotonic()
    check(measured.imports(*files).returncode == 0, "the import as such")
    longest = (time.monotonic() - begun) * 1.1
    cut = 0
    for round_number in range(kills):
        if round_number % ROUNDS_PER_BASE == 0:
            shutil.rmtree(base.data, ignore_errors=True)
            told = []
        bundles = [bundle(n, round_number % ROUNDS_PER_BASE) for n in range(1, BUNDLES + 1)]
        for path, b in zip(files, bundles):
            Path(path).write_text(json.dumps(b))
        stored, acknowledged = kill_round(base, files, told, random_source, longest)
        cut += 0 < acknowledged < len(files)
        told += bundles[:stored]
        if told:
            check(base.objects() == expected(told), f"round {round_number}: the objects are not those of the {len(told)} imports")
    check(cut > kills // 10, f"only {cut} of {kills} kills hit an import: the times are badly chosen")
    return f"{kills} kills, {cut} of them between acknowledgements"


def prepared(mozu, folder):
    base = Base(mozu, folder)
    small, large = folder / "small.json", folder / "large.json"
    small.write_text(json.dumps(bundle(1, 0)))
    objects = [o for n in range(2, 60) for o in bundle(n, 0)["objects"]]
    large.write_text(json.dumps({"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000000", "objects": objects}))
    check(base.imports(small).returncode == 0, "the first import")
    return base, small, large


def test_full_disk(mozu, folder, *_):
    base, _, large = prepared(mozu, folder)
    before = base.objects()
    size = (base.data / "knowledge.db").stat().st_size

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 65536, size + 65536))
    done = base.imports(large, preexec_fn=limit)
    check(done.returncode == 2 and "error:" in done.stderr and "free" in done.stderr, f"exit {done.returncode}: {done.stdout}{done.stderr}")
    base.healthy()
    check(base.objects() == before, "what was there before is not what is there now")
    check(base.imports(large).returncode == 0, "with space again")
    return "a full disk undoes one import"


def test_full_file_system(mozu, folder, *_):
    """The same with a file system that has no space left, not only a file that may not grow."""
    disk = folder / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", disk], capture_output=True, check=False).returncode != 0:
        return "skipped: a small file system can only be made as root"
    try:
        base, small, large = prepared(mozu, folder)
        base.data = disk / "data"
        check(base.imports(small).returncode == 0, "the first import")
        before = base.objects()
        for _ in range(2):
            done = base.imports(large)
            check(done.returncode == 2 and "error:" in done.stderr and "free" in done.stderr, f"exit {done.returncode}: {done.stdout}{done.stderr}")
            base.healthy()
            check(base.objects() == before, "what was there before is not what is there now")
        with contextlib.suppress(OSError), open(disk / "filler", "wb") as filler:
            while True:
                filler.write(bytes(65536))
        for words in (("import", "--data", base.data, large), ("backup", "--data", base.data, disk / "copy.backup"),
                      ("export", "--data", base.data, "--format", "stix", "-o", disk / "out.json"), ("import", "--data", disk / "other", small)):
            done = base.run(*words)
            check(done.returncode == 2 and "error:" in done.stderr and "hint:" in done.stderr, f"{words[0]}: exit {done.returncode}: {done.stdout}{done.stderr}")
            check(not list(disk.glob("*.part")) and not (disk / "copy.backup").exists() and not (disk / "out.json").exists(), f"{words[0]} left something behind")
        check(base.objects() == before, "with no space at all it cannot be read")
        (disk / "filler").unlink()
        check(base.imports(small).returncode == 0, "with space again")
        base.healthy()
    finally:
        subprocess.run(["umount", disk], check=True)
    return "a file system without space undoes one import, is read all the same"


def test_read_only(mozu, folder, *_):
    base, small, _ = prepared(mozu, folder)
    before = base.objects()
    base.healthy()
    for name in base.data.iterdir():
        name.chmod(0o444)
    base.data.chmod(0o555)
    folder.chmod(0o755)
    nobody = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
    try:
        subprocess.run([mozu, "version"], check=True, capture_output=True, **nobody)
    except (OSError, subprocess.CalledProcessError):
        return "skipped: another user cannot run the program"
    done = base.imports(small, **nobody)
    check(done.returncode == 2 and "error:" in done.stderr and "permissions" in done.stderr, f"exit {done.returncode}: {done.stdout}{done.stderr}")
    base.data.chmod(0o755)
    for name in base.data.iterdir():
        name.chmod(0o644)
    check(base.objects() == before, "what was there before is not what is there now")
    return "a read-only folder is told"


def test_damage(mozu, folder, _, random_source):
    base, small, large = prepared(mozu, folder)
    check(base.imports(large).returncode == 0, "the second import")
    check(base.run("backup", "--data", base.data, folder / "copy.backup").returncode == 0, "backup")
    good = base.objects()
    path = base.data / "knowledge.db"
    for end in ("-wal", "-shm"):
        Path(str(path) + end).unlink(missing_ok=True)
    whole = path.read_bytes()
    for _ in range(12):
        damaged = bytearray(whole)
        for page in random_source.sample(range(1, len(whole) // 4096), 12):
            damaged[page * 4096:page * 4096 + 1024] = random_source.randbytes(1024)
        path.write_bytes(damaged)
        done = base.run("doctor", "--data", base.data)
        check(done.returncode == 2 and "error:" in done.stderr, f"doctor: exit {done.returncode}: {done.stdout}{done.stderr}")
        base.run("export", "--data", base.data, "--format", "stix")
        base.imports(small)
    for name in base.data.iterdir():
        name.unlink()
    check(base.run("restore", "--data", base.data, folder / "copy.backup").returncode == 0, "restore")
    base.healthy()
    check(base.objects() == good, "the backup holds something else")
    return "damaged pages are found, a backup brings all back"


class Server:
    """`mozu serve` on a free port, to be killed."""

    def __init__(self, mozu, data, token):
        self.token = token
        self.process = subprocess.Popen([mozu, "serve", "--data", data, "--plain", "--listen", "127.0.0.1:0"], stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        atexit.register(self.process.kill)  # if a check fails
        self.address = None
        for line in self.process.stderr:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                self.address = found.group()
                break
        check(self.address, "the server said no address")
        threading.Thread(target=self.process.stderr.read, daemon=True).start()

    def ask(self, path, body=None):
        request = urllib.request.Request(self.address + "/api/v1" + path, data=body and json.dumps(body).encode(),
                                         headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def kill(self):
        self.process.kill()
        self.process.wait()


def test_edits(mozu, folder, kills, random_source):
    """An edit of many indicators stands in the list of edits if it was made, wherever the server was killed."""
    base = Base(mozu, folder)
    (folder / "list.txt").write_text("".join(f"host{i}.example\n" for i in range(300)))
    check(base.imports("--source", "mine", folder / "list.txt").returncode == 0, "the import")
    check(base.run("user", "add", "root", "--role", "administrator", "--data", base.data, input="correct horse battery\n").returncode == 0, "the user")
    token = base.run("token", "add", "root", "--scopes", "all", "--data", base.data).stdout.split()[0]
    server = Server(mozu, base.data, token)
    longest = 0.0
    made = cut = 0
    for number in range(min(kills, 12)):
        items = [{"id": i["id"], "sequence": i["sequence"]} for i in server.ask("/indicators?source=mine&limit=1000")["items"]]
        check(len(items) == 300, f"{len(items)} indicators")
        body = {"items": items, "add_labels": [f"round{number}"]}
        if number == 0:
            begun = time.monotonic()
            server.ask("/indicators/edits", body)
            longest = time.monotonic() - begun
            continue
        answers = []

        def edit(server=server, body=body, answers=answers):
            with contextlib.suppress(OSError, http.client.HTTPException):
                answers.append(server.ask("/indicators/edits", body))

        asking = threading.Thread(target=edit)
        asking.start()
        time.sleep(longest * (0.5 + random_source.random() * 0.7))  # what lies between the edit and its note is near the end
        server.kill()
        asking.join()
        server = Server(mozu, base.data, token)
        edited = len(server.ask(f"/indicators?source=mine&limit=1000&label=round{number}")["items"])
        listed = [e for e in server.ask("/indicators/edits")["items"] if e["what"] == f"+round{number}"]
        check(edited in (0, 300), f"round {number}: {edited} of 300 were edited")
        check(len(listed) == (edited != 0), f"round {number}: {edited} edited, in the list {listed}")
        check(not answers or edited, f"round {number}: acknowledged and not made")
        made += edited != 0
        cut += not answers
    server.kill()
    base.healthy()
    return f"{cut} edits cut off, {made} made, all of these in the list"


def test_second_process(mozu, folder, *_):
    base, small, large = prepared(mozu, folder)
    both = [subprocess.Popen([mozu, "import", "--data", base.data, "-q", f], stderr=subprocess.PIPE) for f in (large, small, large)]
    for process in both:
        error = process.communicate()[1]
        check(process.returncode == 0, f"one of several: {error}")
    with contextlib.closing(sqlite3.connect(base.data / "knowledge.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        done = base.imports(small)
        check(done.returncode == 2 and "another process" in done.stderr, f"exit {done.returncode}: {done.stderr}")
        check(base.run("export", "--data", base.data, "--format", "plain").returncode == 0, "readers do not wait for writers")
        other.execute("ROLLBACK")
    base.healthy()
    return "several processes write one after the other, or say who is in the way"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mozu", required=True)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("only", nargs="*")
    arguments = parser.parse_args()
    mozu = str(Path(arguments.mozu).resolve())
    seed = arguments.seed if arguments.seed is not None else random.randrange(1 << 32)
    print(f"seed {seed}")
    passed = failed = skipped = 0
    for name, test in sorted(globals().items()):
        if not name.startswith("test_") or (arguments.only and name[5:] not in arguments.only):
            continue
        with tempfile.TemporaryDirectory(prefix="mozu-crash-", ignore_cleanup_errors=True) as folder:
            try:
                text = test(mozu, Path(folder), arguments.kills, random.Random(seed))
                print(f"{name[5:]}: {text}")
                skipped += text.startswith("skipped")
                passed += not text.startswith("skipped")
            except Failure as e:
                print(f"{name[5:]}: FAILED: {e}")
                failed += 1
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
