#!/usr/bin/env python3
"""The benchmark of the server: how many answers a second over the loopback, beside nginx that gives a file of the same size.

  bench/server.py [--quick]
  bench/server.py --write-docs     rewrites docs/server-benchmarks.md from the last figures; measures nothing

wrk, the server and nginx share the same processors, so nginx is the limit of the machine, not of a network. Needs wrk and nginx (setup/bench.packages),
and ../shared for ATT&CK and indicators.
"""
import argparse
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOZU = ROOT / "build/bench/mozu"
RESULTS, PAGE, FOLDER = ROOT / "build/bench-server.json", ROOT / "docs/server-benchmarks.md", ROOT / "build/bench-server"
PORT, NGINX_PORT = 18443, 18444
GOALS = {"rate": 20_000, "p99_ms": 5, "rss_mib": 150}
UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3}
NGINX = """daemon off; worker_processes 2; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 512; }}
http {{ access_log off; keepalive_requests 100000000; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
 server {{ listen 127.0.0.1:{port}; root {folder}/www; }} }}
"""
HEAD = """# The server, measured

`make bench` measures this again; the page is written from `build/bench-server.json` by `bench/server.py --write-docs`, never by hand.

- `wrk` with two threads and 32 connections over the loopback, kept open; it shares the processors with what it asks, so **nginx, giving one small file from memory, is the
  limit** of what this machine can ask and answer at all.
- The server speaks HTTP without TLS (as behind a proxy), checks a token for each request, and writes its log to a file. Its data folder holds ATT&CK Enterprise, and an index of
  indicators beside it. *Values* are drawn from a list of 4,096.
- Memory is that of the process without a request, all of it; pages of mapped index files included.
"""


def say(text):
    print(text, flush=True)


@contextlib.contextmanager
def running(command, url, log, token=None):
    with open(log, "wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
        try:
            for _ in range(200):
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(url, timeout=1).read()
                    break
                if process.poll() is not None:
                    sys.exit(f"bench: {command[0]} ended at once: {Path(log).read_text(errors='replace')[-400:]}")
                time.sleep(0.05)
            yield process
        finally:
            process.terminate()
            process.wait(30)


def asked(port, seconds, script=None, path="/", token=None):
    command = ["wrk", "-t2", "-c32", f"-d{seconds}", "--latency"]
    if token:
        command += ["-H", f"Authorization: Bearer {token}"]
    if script:
        command += ["-s", str(script)]
    text = subprocess.run([*command, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        sys.exit("bench: not every answer was good\n" + text)
    latency = {k: float(n) * UNITS[u] for k, n, u in re.findall(r"^\s+(50|99)%\s+([\d.]+)(us|ms|s)\s*$", text, re.M)}
    return {"rate": float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]), "p50_ms": latency["50"], "p99_ms": latency["99"]}


def lua(folder, name, values):
    """A script that asks about one value after the other."""
    script = folder / f"{name}.lua"
    listed = ",".join(json.dumps(v) for v in values)
    script.write_text(f'local v = {{{listed}}}\nlocal i = 0\nrequest = function()\n  i = i % #v + 1\n  return wrk.format("GET", "/api/v1/lookup?history=false&value=" .. v[i])\nend\n', encoding="utf-8")
    return script


def resident_mib(pid):
    return next(int(line.split()[1]) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")) / 1024


def prepared(shared):
    shutil.rmtree(FOLDER, ignore_errors=True)
    (FOLDER / "www").mkdir(parents=True)
    data = FOLDER / "data"
    run = lambda *a, **k: subprocess.run([str(MOZU), *map(str, a)], check=True, capture_output=True, text=True, **k).stdout
    run("import", "--quiet", "--data", data, next(iter(sorted((shared / "attack").glob("enterprise-attack-*")))))
    listed = sorted(p for p in (shared / "bench").glob("indicators*") if p.is_file())
    plain = FOLDER / "indicators.txt"
    plain.write_bytes(b"")
    for path in listed:
        opened = subprocess.run(["zstd", "-dcq", str(path)], capture_output=True, check=True).stdout if path.suffix == ".zst" else path.read_bytes()
        plain.write_bytes(plain.read_bytes() + opened)
    run("index", "build", "-o", data / "indicators.mzi", plain)
    run("user", "add", "bench", "--role", "analyst", "--data", data, input="correct horse battery staple\n")
    token = re.search(r"mozu_[\w-]+", run("token", "add", "bench", "--scopes", "read lookup", "--data", data))[0]
    lines = plain.read_text(errors="replace").splitlines()
    return data, token, [lines[i * len(lines) // 4096] for i in range(4096)]


def measure(seconds):
    shared = Path(os.environ.get("MOZU_SHARED", ROOT.parent / "shared")) / "data"
    if not shared.exists() or not MOZU.exists() or not shutil.which("wrk") or not shutil.which("nginx"):
        sys.exit("bench: the server is measured with build/bench/mozu, wrk, nginx and ../shared; one of them is missing")
    data, token, listed = prepared(shared)
    results = {"date": time.strftime("%Y-%m-%d", time.gmtime()), "processors": os.cpu_count(), "rows": {}}
    (FOLDER / "www/small.json").write_text("x" * 600, encoding="utf-8")
    conf = FOLDER / "nginx.conf"
    conf.write_text(NGINX.format(folder=FOLDER, port=NGINX_PORT), encoding="utf-8")
    unknown = [f"host-{i}.example.net" for i in range(4096)]
    serve = [str(MOZU), "serve", "--data", str(data), "--listen", f"127.0.0.1:{PORT}", "--plain"]
    with running(["nginx", "-c", str(conf)], f"http://127.0.0.1:{NGINX_PORT}/small.json", FOLDER / "nginx.out"), running(serve, f"http://127.0.0.1:{PORT}/healthz", FOLDER / "serve.log") as server:
        results["idle_mib"] = resident_mib(server.pid)
        rows = {
            "nginx, a file of 600 bytes": (NGINX_PORT, None, "/small.json", None),
            "health": (PORT, None, "/healthz", None),
            "lookup, values that nobody knows": (PORT, lua(FOLDER, "unknown", unknown), "/", token),
            "lookup, listed values": (PORT, lua(FOLDER, "listed", listed), "/", token),
            "lookup, a technique with all that is related": (PORT, None, "/api/v1/lookup?value=T1059.001", token),
            "object by id": (PORT, None, "/api/v1/objects/attack-pattern--970a3432-3237-47ad-bcca-7d8cbb217736", token),
            "search for a word, 20 hits": (PORT, None, "/api/v1/search?q=powershell&limit=20", token),
        }
        for name, (port, script, path, secret) in rows.items():
            results["rows"][name] = asked(port, seconds, script, path, secret)
            r = results["rows"][name]
            say(f"  {name}: {r['rate']:,.0f} answers/s, median {r['p50_ms']:.2f} ms, p99 {r['p99_ms']:.2f} ms")
        results["after_mib"] = resident_mib(server.pid)
    return results


def goals(results):
    for name in ("lookup, values that nobody knows", "lookup, listed values"):
        r = results["rows"][name]
        yield name, f"≥ {GOALS['rate']:,} answers/s", f"{r['rate']:,.0f}", r["rate"] >= GOALS["rate"]
        yield f"{name}: p99", f"≤ {GOALS['p99_ms']} ms", f"{r['p99_ms']:.2f} ms", r["p99_ms"] <= GOALS["p99_ms"]
    yield "memory, idle", f"≤ {GOALS['rss_mib']} MiB", f"{results['idle_mib']:.0f} MiB", results["idle_mib"] <= GOALS["rss_mib"]


def page(results):
    limit = results["rows"]["nginx, a file of 600 bytes"]["rate"]
    lines = [HEAD.rstrip(), "", f"Measured {results['date']} on {results['processors']} processors.", "", "| goal | wanted | reached | |", "|---|---|---|---|"]
    lines += [f"| {a} | {b} | {c} | {'yes' if ok else '**no**'} |" for a, b, c, ok in goals(results)]
    lines += ["", "| question | answers/s | of nginx | median | p99 |", "|---|---|---|---|---|"]
    lines += [f"| {name} | {r['rate']:,.0f} | {100 * r['rate'] / limit:.0f} % | {r['p50_ms']:.2f} ms | {r['p99_ms']:.2f} ms |" for name, r in results["rows"].items()]
    lines += ["", f"Memory: {results['idle_mib']:.0f} MiB idle, {results['after_mib']:.0f} MiB after all of this."]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="two seconds a row")
    parser.add_argument("--write-docs", action="store_true")
    o = parser.parse_args()
    if o.write_docs:
        if not RESULTS.exists():
            sys.exit("bench: build/bench-server.json is missing\n  hint: run `make bench` first")
        _, title, kept = PAGE.read_text(encoding="utf-8").partition("\n## Notifications")  # of bench/notify.py
        PAGE.write_text(page(json.loads(RESULTS.read_text(encoding="utf-8"))) + title + kept, encoding="utf-8")
        return
    try:
        results = measure(2 if o.quick else 8)
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
    RESULTS.write_text(json.dumps(results, indent=1), encoding="utf-8")
    for name, wanted, reached, ok in goals(results):
        say(f"{'reached' if ok else 'MISSED '}  {name}: {reached} ({wanted})")


if __name__ == "__main__":
    main()
