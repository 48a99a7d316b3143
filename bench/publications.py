#!/usr/bin/env python3
"""The benchmark of publications: as many of them as a large publisher has in ten years, one of them with 80,000 indicators, and how long lists, facets, searches and feeds take.

  bench/publications.py --mozu build/bench/mozu [--publications 10000] [--keep]
  bench/publications.py --write-docs     rewrites the part "Publications" of docs/portal-benchmarks.md from the last figures; measures nothing

Each is asked over HTTP on the loopback, one after the other, on a kept connection, as a reader without a plan and as one whose trial has opened none. The portal's own work (facets and
search within the list are its) is measured in node. A first answer after a write is told apart. Of each question the time of the processor is told, too: on a machine with other work it says more.
"""
import argparse
import http.client
import json
import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS, PAGE, FOLDER = ROOT / "build/bench-publications.json", ROOT / "docs/portal-benchmarks.md", ROOT / "build/bench-publications"
TITLE = "## Publications"
GOAL_MS = 50
ORGANISATION_MAX = 5000  # working copies
KINDS, SECTORS = ("apt", "crimeware", "ics", "briefing"), ("energy", "government", "finance", "retail", "manufacturing", "healthcare", "media", "telecommunications")
LARGE = 80_000  # indicators of one of them
COUNTRIES = ("Japan", "Norway", "Germany", "Poland", "Mexico", "Vietnam", "Australia", "Singapore", "Belgium", "Romania")


def say(text):
    print(text, flush=True)


def file_of(folder, i, random_):
    words = lambda n: " ".join(f"w{int(random_.paretovariate(0.6)) % 20000}" for _ in range(n))
    listed = lambda name, values: f"{name} = {json.dumps(values)}\n"
    file = folder / f"p{i:06}.md"
    indicators = folder / f"p{i:06}.csv"
    indicators.write_text("".join(f"h{i}x{j}.bench.example\n" for j in range(10)), encoding="utf-8")
    file.write_text(f'+++\nslug = "p{i:06}"\nkind = "{KINDS[i % 4]}"\ntlp = "green"\ndate = {2016 + i % 10}-0{1 + i % 9}-1{i % 10}\n' + listed("actors", [f"Actor {i % 300}"]) + listed("sectors", random_.sample(SECTORS, 2))
                    + listed("geography", random_.sample(COUNTRIES, 2)) + listed("malware", [f"Malware {i % 700}"])
                    + f'[title]\nen = "Publication {i} {words(4)}"\nja = "公開情報 {i}"\n[[attachment]]\nkind = "indicators"\nfile = "{indicators.name}"\n+++ en summary\n{words(120)}\n+++ en full\n{words(600)}\n+++ ja summary\n昨年と同じく、夜にメールで侵入した。{i}\n', encoding="utf-8")
    return file


def large_file(folder):
    (folder / "large.csv").write_text("".join(f"h{j}.large.bench.example\n" for j in range(LARGE)), encoding="utf-8")
    file = folder / "large.md"
    file.write_text('+++\nslug = "large"\nkind = "apt"\ntlp = "green"\n[title]\nen = "Large"\n[[attachment]]\nkind = "indicators"\nfile = "large.csv"\n+++ en summary\nMany.\n', encoding="utf-8")
    return file


def processor_ms(pid):
    """Of all threads of the server, so far."""
    return sum(int((task / "schedstat").read_text().split()[0]) for task in Path(f"/proc/{pid}/task").iterdir()) / 1e6


def asked(port, pid, token, path, times):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": "Bearer " + token, "Accept": "application/taxii+json;version=2.1" if path.startswith("/taxii2") else "*/*", "Accept-Encoding": "gzip"}
    took, size, used = [], 0, 0
    for i in range(times):
        if i == 1:
            used = processor_ms(pid)
        begin = time.perf_counter()
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        size = len(answer.read())
        took.append((time.perf_counter() - begin) * 1000)
        if answer.status == 404:  # who may see none of its objects has no such collection of TAXII
            connection.close()
            return None
        if answer.status != 200:
            sys.exit(f"bench: {path}: {answer.status}")
    connection.close()
    rest = sorted(took[1:])
    return {"first_ms": took[0], "p50_ms": statistics.median(rest), "max_ms": rest[-1], "processor_ms": (processor_ms(pid) - used) / len(rest), "bytes": size}


def in_portal(port, token):
    """Facets and search within the list, by the portal's own code."""
    heads, cursor = [], ""
    while True:
        request = urllib.request.Request(f"http://127.0.0.1:{port}/api/v1/publications?limit=1000&cursor={cursor}", headers={"Authorization": "Bearer " + token})
        page = json.loads(urllib.request.urlopen(request).read())
        heads += page["items"]
        cursor = page.get("next", "")
        if not cursor:
            break
    (FOLDER / "heads.json").write_text(json.dumps(heads), encoding="utf-8")
    script = FOLDER / "portal.mjs"
    script.write_text(f"""import {{ readFileSync }} from 'node:fs';
import {{ createRequire }} from 'node:module';
const {{ transformSync }} = createRequire({json.dumps(str(ROOT / "build/web/package.json"))})('esbuild');
const source = transformSync(readFileSync({json.dumps(str(ROOT / "web/src/lib/publications.ts"))}, 'utf8'), {{ loader: 'ts' }}).code;
const {{ facetsOf, filtersOf, fits, newestFirst }} = await import('data:text/javascript;base64,' + Buffer.from(source).toString('base64'));
const list = JSON.parse(readFileSync({json.dumps(str(FOLDER / "heads.json"))}, 'utf8'));
const timed = (what) => {{
  const took = [];
  for (let i = 0; i < 20; ++i) {{ const t = performance.now(); what(); took.push(performance.now() - t); }}
  const first = took.shift(); took.sort((a, b) => a - b);
  return {{ first_ms: first, p50_ms: took[9], max_ms: took.at(-1), bytes: 0 }};
}};
const none = filtersOf(new URLSearchParams('')), word = filtersOf(new URLSearchParams('q=w17')), narrow = filtersOf(new URLSearchParams('kind=apt&sector=energy'));
console.log(JSON.stringify({{
  'portal: facets': timed(() => facetsOf(list, none)),
  'portal: facets of a narrowed list': timed(() => facetsOf(list, narrow)),
  'portal: search within': timed(() => list.filter((p) => fits(p, word))),
  'portal: facets and list with each letter typed': timed(() => [facetsOf(list, word), list.filter((p) => fits(p, word)).sort(newestFirst)]),
}}));
""", encoding="utf-8")
    done = subprocess.run(["node", str(script)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        say("  the portal's own work is left out: " + done.stderr.strip().splitlines()[-1])
        return {}
    return json.loads(done.stdout)


def measure(program, count):
    FOLDER.mkdir(parents=True, exist_ok=True)
    data = FOLDER / "data"
    run = lambda *words: subprocess.run([str(program), *map(str, words), "--data", data], check=True, capture_output=True, text=True).stdout
    publish_s = 0.0
    if not data.exists():
        texts = FOLDER / "texts"
        texts.mkdir(exist_ok=True)
        random_ = random.Random(20261127)
        files = [file_of(texts, i, random_) for i in range(count)]
        run("user", "add", "reader", "--role", "analyst", "--organisation", "Readers", "--clearance", "green", "--no-password")
        run("user", "add", "limited", "--role", "analyst", "--organisation", "Limited", "--clearance", "green", "--no-password")
        for i in range(-(-count // (ORGANISATION_MAX - 1000))):
            run("user", "add", f"publisher{i}", "--role", "author", "--organisation", f"Publisher {i}", "--no-password")
        begin = time.monotonic()
        for at in range(0, count, 500):
            run("report", "add", "--publish", "--organisation", 3 + at // (ORGANISATION_MAX - 1000), *files[at:at + 500])
        publish_s = time.monotonic() - begin
        run("report", "add", "--publish", "--organisation", 3, large_file(texts))
        (FOLDER / "trial.toml").write_text('name = "trial"\ntitle = "Trial"\ntrial = 10\n', encoding="utf-8")
        run("plan", "add", FOLDER / "trial.toml")
        run("plan", "give", "Limited", "trial")
    tokens = {who: run("token", "add", who, "--scopes", "all").strip() for who in ("reader", "limited")}
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    server = subprocess.Popen([str(program), "serve", "--data", str(data), "--listen", f"127.0.0.1:{port}", "--plain"], stderr=open(FOLDER / "serve.log", "wb"))
    try:
        for _ in range(400):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).read()
                break
            except OSError:
                time.sleep(0.05)
        paths = {
            "list: first page of 100": "/api/v1/publications?limit=100",
            "list: 1,000, as the portal asks": "/api/v1/publications?limit=1000",
            "search for a word, with facets": "/api/v1/search?q=w17&type=report&facets=true&limit=25",
            "search for a rare word": "/api/v1/search?q=w12345&type=report&limit=25",
            "get_list: a month of them": f"/api/publications/get_list?date_start={int(time.time()) - 30 * 86400}&date_end={int(time.time()) - 29 * 86400}",
            "get_list: all": "/api/publications/get_list",
            "TAXII: 1,000 reports": "/taxii2/knowledge/collections/type:report/objects?limit=1000",
            "Atom: 100 newest": "/feeds/reports.atom?limit=100",
            "Atom: kind and sector": "/feeds/reports.atom?limit=100&kind=apt&sector=energy",
            "Atom: an actor who is in few": "/feeds/reports.atom?limit=100&actor=Actor%207",
            "Atom: an actor who is in none": "/feeds/reports.atom?limit=100&actor=Nobody",
            "sums": "/api/v1/counts",
        }
        reader = {"Authorization": "Bearer " + tokens["reader"]}
        found = json.loads(urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/api/v1/publications?limit=1", headers=reader)).read())
        large = "/api/v1/publications/" + found["items"][0]["id"]
        of_reader = {
            "80,000 indicators: the report": large + "?include=execsum",
            "80,000 indicators: first page of 100": large + "/items?limit=100",
            "80,000 indicators: last page of 100": large + f"/items?limit=100&offset={LARGE - 100}",
            "80,000 indicators: those with a text": large + "/items?limit=100&text=h7999",
        }
        rows = {}
        for name, path in paths.items():
            times = 6 if "all" in name else 20
            rows[name] = {who: asked(port, server.pid, tokens[who], path, times) for who in tokens}
            say(f"  {name}: " + ", ".join(f"{who} {q['p50_ms']:.1f} ms (first {q['first_ms']:.1f})" if q else f"{who} nothing" for who, q in rows[name].items()))
        for name, path in of_reader.items():
            rows[name] = {"reader": asked(port, server.pid, tokens["reader"], path, 6 if "text" in name else 20)}
            say(f"  {name}: {rows[name]['reader']['p50_ms']:.1f} ms (first {rows[name]['reader']['first_ms']:.1f})")
        for name, r in in_portal(port, tokens["reader"]).items():
            rows[name] = {"reader": r}
            say(f"  {name}: {r['p50_ms']:.1f} ms")
    finally:
        server.terminate()
        server.wait(60)
    return {"date": time.strftime("%Y-%m-%d", time.gmtime()), "processors": os.cpu_count(), "load": os.getloadavg()[0], "publications": count, "publish_s": publish_s, "rows": rows,
            "model": next((l.split(":")[1].strip() for l in Path("/proc/cpuinfo").read_text().splitlines() if l.startswith("model name")), "unknown")}


def part(r):
    cell = lambda q: f"{q['p50_ms']:.1f} ms | {q['first_ms']:.1f} ms" if q else "– | –"
    processor = lambda q: f"{q['processor_ms']:.1f} ms" if q and "processor_ms" in q else "–"
    lines = [TITLE, "", f"`bench/publications.py --mozu build/bench/mozu` measures this again: {r['publications']:,} publications with ten indicators each and one with {LARGE:,}, asked over HTTP on the loopback, one after the other; as a reader without a plan, and as one whose",
             "trial has opened none of them. *First* is the first answer after the server started, *processor* what the server's threads used for one (of the reader without a plan). Facets of the list and search within it are the portal's own work, on the heads that it has (measured in node).", "",
             f"Measured {r['date']} on {r['processors']} processors ({r['model']}), load {r['load']:.1f}." + (f" Publishing them took {r['publish_s']:.0f} s ({r['publish_s'] / r['publications'] * 1000:.0f} ms each), by `mozu report add --publish`." if r["publish_s"] else ""), "",
             "| question | median | first | processor | with a trial | first | packed |", "|---|---|---|---|---|---|---|"]
    for name, by in r["rows"].items():
        lines.append(f"| {name} | {cell(by['reader'])} | {processor(by['reader'])} | {cell(by.get('limited'))} | {by['reader']['bytes'] / 1024:,.0f} KiB |" if by["reader"]["bytes"] else f"| {name} | {cell(by['reader'])} | – | – | – | – |")
    slow = [name for name, by in r["rows"].items() if by["reader"]["p50_ms"] > GOAL_MS]
    lines += ["", f"Goal: {GOAL_MS} ms. " + (f"Above it: {'; '.join(slow)}." if slow else "All are below it.")]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mozu", type=Path, default=ROOT / "build/bench/mozu")
    parser.add_argument("--publications", type=int, default=10_000)
    parser.add_argument("--keep", action="store_true", help="leave build/bench-publications for another run")
    parser.add_argument("--write-docs", action="store_true")
    o = parser.parse_args()
    if o.write_docs:
        if not RESULTS.exists():
            sys.exit("bench: build/bench-publications.json is missing\n  hint: run bench/publications.py first")
        before = re.split(rf"^{TITLE}$", PAGE.read_text(encoding="utf-8"), flags=re.M)[0].rstrip()
        PAGE.write_text(f"{before}\n\n{part(json.loads(RESULTS.read_text(encoding='utf-8')))}", encoding="utf-8")
        return
    try:
        results = measure(o.mozu.resolve(), o.publications)
    finally:
        if not o.keep:
            shutil.rmtree(FOLDER, ignore_errors=True)
    RESULTS.write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
