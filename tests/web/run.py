#!/usr/bin/env python3
"""The portal: its types (svelte-check), its logic (vitest), and itself in a browser against the built program.

  tests/web/run.py --mozu build/release/mozu [--only WORD] [--skip-browser]

What npm installed for the build (build/web) is used. Knowledge is ATT&CK and the MISP galaxies of the shared data beside the repository where they are, else sample.json.
The sample feeds are there in both. Pictures of every page: build/web-pictures. Ends with a line `N passed, N failed[, N skipped]`.
"""
import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HOME = ROOT / "build/web"
PICTURES = ROOT / "build/web-pictures"
SHARED = Path(os.environ.get("MOZU_SHARED", ROOT.parent / "shared")) / "data"
PASSWORD = "correct horse battery"
PATIENCE_S = 60
BROWSER_S = 1500  # a spec
SPECS = ("browser", "publications", "graph", "reviews", "intake", "attribution", "walk", "words", "large")  # web/tests/NAME.mjs, each run against the same server
REAL = ("attack/enterprise-attack-18.1.stix20.json.zst", "attack/ics-attack-18.1.json.zst", "misp-galaxy/clusters/threat-actor.json.zst",
        "misp-galaxy/clusters/microsoft-activity-group.json")
REPORT = """Copper Heron: second stage seen in the wild

The loader was fetched from hxxp://files[.]copper-heron[.]example/stage2/loader.bin (192.0.2[.]77) with PowerShell (T1059.001).
SHA-256: 5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef
A second host, mirror.copper-heron[.]example, answered as well.
"""


def run(command, name, **more):
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=HOME, **more)
    return done.returncode == 0, done.stdout + done.stderr


def sources_to_home():
    """What is tested is what lies in the repository, not what the last build copied."""
    for name in ("src", "public", "tests"):
        shutil.rmtree(HOME / name, ignore_errors=True)
        shutil.copytree(ROOT / "web" / name, HOME / name)


def types():
    """The types hold, but for a planted mistake, which is seen: a checker that checks nothing would be silent, too."""
    node = shutil.which("node") or shutil.which("nodejs")
    check = [node, "node_modules/svelte-check/bin/svelte-check", "--tsconfig", "./tsconfig.json", "--fail-on-warnings", "--output", "machine"]
    planted = HOME / "src/planted.ts"
    planted.write_text("export const planted: number = 'text';\n")
    _, said = run(check, "svelte-check")
    planted.unlink()
    found = re.findall(r"^\d+ (?:ERROR|WARNING) \"([^\"]*)\"", said, re.M)
    seen = [file.endswith("planted.ts") for file in found]
    yield "svelte-check sees a planted mistake", any(seen), said
    yield "svelte-check", " COMPLETED " in said and all(seen), said


def logic():
    node = shutil.which("node") or shutil.which("nodejs")
    good, said = run([node, "node_modules/vitest/vitest.mjs", "run", "--reporter=json"], "vitest", env={**os.environ, "MOZU_SOURCE_DIR": str(ROOT)})
    try:
        report = json.loads(said[said.index("{"):said.rindex("}") + 1])
    except ValueError:
        yield "vitest", False, said
        return
    for suite in report["testResults"]:
        if not suite["assertionResults"]:
            yield suite["name"], False, suite.get("message", "no case")
        for case in suite["assertionResults"]:
            yield case["fullName"], case["status"] == "passed", "\n".join(case.get("failureMessages", []))


class Server:
    """A data folder with knowledge and people, and the program over it."""

    def __init__(self, program, folder):
        self.program, self.data = program, Path(folder) / "data"
        self.log = Path(folder) / "serve.log"
        real = [SHARED / name for name in REAL if (SHARED / name).exists()]
        self.real = len(real) == len(REAL)
        self.mozu("import", ROOT / "examples/feeds", allowed=(0, 2), stdin="")
        for file in real if self.real else [Path(__file__).parent / "sample.json"]:
            self.mozu("import", file, allowed=(0, 2))
        for file in sorted((ROOT / "examples/publications").glob("*.md")):
            self.mozu("report", "add", "--publish", file)
        bot = Path(folder) / "bot.txt"
        bot.write_text("".join(f"zibeth command number {i} that only this sample has\n" for i in range(60)))
        self.mozu("gene", "add", "--actor", "Sandworm Team" if self.real else "Copper Heron", bot)
        for words, text in ((("goodware",), "clean files say in line"), (("library", "--name", "Reed 1.0"), "the library of reeds has message"), (("add", "--malware", "ZIBETH"), "the family knows order")):
            bot.write_text("".join(f"{text} {i} of all\n" for i in range(60)))
            self.mozu("gene", *words, bot)
        for name, role in (("admin", "administrator"), ("hana", "analyst"), ("rui", "reader"), ("yuki", "author"), ("sora", "analyst")):
            self.mozu("user", "add", name, "--role", role, "--clearance", "red", stdin=PASSWORD + "\n")
        self.mozu("user", "add", "kei", "--role", "reader", "--organisation", "Example Bank", stdin=PASSWORD + "\n")
        with open(self.log, "wb") as out:
            # Printing every publication beside the browser would take its processor; the PDF has tests of its own.
            self.process = subprocess.Popen([program, "serve", "--data", self.data, "--plain", "--listen", "127.0.0.1:0"], stderr=out, stdin=subprocess.DEVNULL,
                                            env={**os.environ, "MOZU_CHROMIUM": "/nonexistent/chromium"})
        end = time.monotonic() + PATIENCE_S
        while not (found := re.search(r"mozu serves (\S+)", self.log.read_text())):
            assert self.process.poll() is None and time.monotonic() < end, self.log.read_text()
            time.sleep(0.02)
        self.url = found.group(1)

    def mozu(self, *words, stdin="", allowed=(0,)):
        done = subprocess.run([self.program, *words, "--data", self.data], input=stdin, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode in allowed, f"mozu {' '.join(map(str, words))}\n{done.stdout}{done.stderr}"
        return done.stdout

    def first(self, kind, name):
        """Id of the object of this type and name."""
        answer = json.loads(self.mozu("lookup", "--json", name, allowed=(0,)).splitlines()[0])
        return next((o["id"] for o in answer.get("objects", []) if o["type"] == kind), None)

    def facts(self):
        out = {"admin": "admin", "analyst": "hana", "twofold": "sora", "reader": "rui", "author": "yuki", "customer": "kei", "organisation": "Example Bank", "password": PASSWORD, "report": REPORT, "value": "files.copper-heron.example/stage2/loader.bin",
               "defanged": "hxxp://files[.]copper-heron[.]example/stage2/loader.bin"}
        published = {one["slug"]: one["id"] for one in map(json.loads, self.mozu("report", "list", "--json").splitlines())}
        out["publication"] = published["sample-amber-lynx"]
        if self.real:
            out |= {"actorName": "Sandworm Team", "actor": self.first("intrusion-set", "Sandworm Team"), "word": "sandworm", "domain": "enterprise", "technique": "T1059.001",
                    "malware": self.first("malware", "Industroyer"), "otherActorName": "APT29", "otherActor": self.first("intrusion-set", "APT29")}
        else:
            out |= {"actorName": "Copper Heron", "actor": self.first("intrusion-set", "Copper Heron"), "word": "heron", "domain": "enterprise", "technique": "T9002.001",
                    "malware": self.first("malware", "Copper Loader"), "otherActorName": "Tin Egret", "otherActor": self.first("intrusion-set", "Tin Egret")}
        return out

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=PATIENCE_S)


def browser(program, only):
    with tempfile.TemporaryDirectory(prefix="mozu-web-") as folder:
        server = Server(program, folder)
        try:
            facts = Path(folder) / "facts.json"
            facts.write_text(json.dumps(server.facts()))
            shutil.rmtree(PICTURES, ignore_errors=True)
            node = shutil.which("node") or shutil.which("nodejs")
            passed = failed = 0
            for spec in SPECS:
                begun = time.monotonic()
                done = subprocess.run([node, f"tests/{spec}.mjs", server.url, PICTURES, facts], cwd=HOME, capture_output=True, text=True, timeout=BROWSER_S, check=False,
                                      env={**os.environ, "ONLY": only, "NO_PROXY": "*"})
                print(f"{done.stdout}{done.stderr}{spec}: {time.monotonic() - begun:.0f} s")
                found = re.search(r"^(\d+) passed, (\d+) failed$", done.stdout, re.M)
                passed, failed = (passed + int(found.group(1)), failed + int(found.group(2))) if found else (passed, failed + 1)
        finally:
            server.stop()
    return passed, failed


def newcomer(program):
    """docs/tour.md on a new data folder, and what `make run` ends with: twice over one folder."""
    environment = {**os.environ, "MOZU": program, "NO_PROXY": "*"}
    done = subprocess.run([ROOT / "scripts/tour_pictures.sh", PICTURES / "tour"], capture_output=True, text=True, timeout=BROWSER_S, check=False, env=environment)
    print(done.stdout + done.stderr, end="")
    found = re.search(r"^(\d+) passed, (\d+) failed$", done.stdout, re.M)
    passed, failed = (int(found.group(1)), int(found.group(2))) if found else (0, 1)
    links = []
    with tempfile.TemporaryDirectory(prefix="mozu-run-") as folder:
        for published in ("14 of 14 publications", "0 of 14 publications"):
            done = subprocess.run([ROOT / "scripts/run_portal.sh", "--stop-when-ready"], capture_output=True, text=True, timeout=300, check=False,
                                  env={**environment, "MOZU_DATA": folder, "MOZU_PORT": "0"})
            link = re.search(r"^  http://127\.0\.0\.1:\d+/welcome#(\S+)\n*\Z", done.stdout, re.M)
            good = done.returncode == 0 and published in done.stdout and link is not None and link.group(1) not in links
            links.append(link.group(1) if link else "")
            passed, failed = passed + good, failed + (not good)
            if not good:
                print(f"FAILED make run: {published}\n{done.stdout}{done.stderr}")
    return passed, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mozu", required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--skip-browser", action="store_true")
    options = parser.parse_args()
    if not (HOME / "node_modules/.mozu-stamp").exists():
        print("skipped: the program was built without npm, or its registry could not be reached")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    sources_to_home()
    passed = failed = skipped = 0
    if not options.only:
        for name, good, said in [*types(), *logic()]:
            passed, failed = passed + good, failed + (not good)
            if not good:
                print(f"FAILED {name}\n{said[-6000:]}")
    if not options.skip_browser:
        if shutil.which("chromium"):
            program = str(Path(options.mozu).resolve())
            parts = [] if options.only == "newcomer" else [lambda: browser(program, options.only)]
            parts += [lambda: newcomer(program)] if options.only in ("", "newcomer") else []
            for part in parts:
                good, bad = part()
                passed, failed = passed + good, failed + bad
        else:
            print("skipped: no chromium here (setup/install.sh test)")
            skipped += 1
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
