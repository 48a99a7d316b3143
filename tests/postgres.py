#!/usr/bin/env python3
"""A PostgreSQL server of its own for tests: made in a temporary folder, reached by a socket in it, gone at the end.

  tests/postgres.py               prints where the server is (as libpq takes it) and keeps it until its input ends
  tests/postgres.py COMMAND…      runs the command with the place in $MOZU_TEST_POSTGRES

Needs the package postgresql-15. The server refuses root: as root it runs as the user postgres or nobody.
"""
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SETTINGS = ("listen_addresses=''", "fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=100", "shared_buffers=128MB",
            "autovacuum=off", "logging_collector=off", "timezone=UTC", "lc_messages=C")


def programs():
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists() and int(folder.parent.name) >= 15:
            return folder
    found = shutil.which("initdb")
    return Path(found).parent if found else None


def server_user():
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


class Server:
    """`within`: the folder that its own is made in; `settings`: lines of postgresql.conf."""

    def __init__(self, within=None, settings=SETTINGS):
        self.bin = programs()
        if self.bin is None:
            sys.exit("tests/postgres.py: no PostgreSQL server here: install postgresql-15 (setup/test.packages)")
        user = server_user()
        self.identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
        self.folder = Path(tempfile.mkdtemp(prefix="mozu-pg-", dir=within))
        if user:
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        self.data = self.folder / "data"
        # "UTF8" and "C": what Mozu relies on, whatever the locale of the machine.
        self.call("initdb", "-D", self.data, "-A", "trust", "-U", "mozu", "-E", "UTF8", "--locale=C", "--no-sync")
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as conf:
            conf.write("\n".join(settings) + f"\nunix_socket_directories='{self.folder}'\n")
        self.call("pg_ctl", "-D", self.data, "-l", self.folder / "log", "-w", "-s", "start")
        self.place = f"host={self.folder} user=mozu dbname=postgres"

    def call(self, program, *arguments):
        done = subprocess.run([str(self.bin / program), *map(str, arguments)], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False, **self.identity)
        if done.returncode != 0:
            log = self.folder / "log"
            sys.exit(f"tests/postgres.py: {program} failed\n{done.stdout}{log.read_text(errors='replace') if log.exists() else ''}")

    def stop(self):
        subprocess.run([str(self.bin / "pg_ctl"), "-D", str(self.data), "-m", "immediate", "-s", "stop"], cwd=self.folder, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, **self.identity)
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    server = Server()
    try:
        if len(sys.argv) > 1:
            return subprocess.run(sys.argv[1:], env={**os.environ, "MOZU_TEST_POSTGRES": server.place}, check=False).returncode
        print(server.place, flush=True)
        sys.stdin.buffer.read()
        return 0
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main())
