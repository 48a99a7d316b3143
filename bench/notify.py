#!/usr/bin/env python3
"""The benchmark of notifications: one publication, told to many subscribers by mail through a real SMTP server on the loopback.

  build/clients/bin/python bench/notify.py --mozu build/bench/mozu [--subscribers 10000]
  bench/notify.py --write-docs     rewrites the part "Notifications" of docs/server-benchmarks.md from the last figures; measures nothing

The SMTP server is aiosmtpd in a process of its own, with STARTTLS, as in the tests; it shares the processors with what it measures. It is measured alone, too: as
many mails of the same size by smtplib, over as many connections. Needs the environment that `tests/clients/run.py` makes.
"""
import argparse
import asyncio
import json
import os
import re
import shutil
import smtplib
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/clients"))
RESULTS, PAGE, FOLDER = ROOT / "build/bench-notify.json", ROOT / "docs/server-benchmarks.md", ROOT / "build/bench-notify"
TITLE = "## Notifications"
GOALS = {"all_s": 60, "first_queued_s": 1.0}
CONNECTIONS = 4
PUBLICATION = """+++
slug = "bench-heron"
kind = "apt"
tlp = "green"
actors = ["Copper Heron"]
sectors = ["energy"]
geography = ["Japan"]
[title]
en = "The heron's return"
ja = "鷺の帰還"
+++ en summary
They came by **mail** at night, as the year before. {more}
+++ ja summary
昨年と同じく、夜にメールで侵入した。
"""


def say(text):
    print(text, flush=True)


def smtp_server(folder, port):
    """Runs in a process of its own; writes the time of each mail, one a line."""
    from aiosmtpd.smtp import SMTP

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "pki/cert.pem", folder / "pki/key.pem")
    out = open(folder / f"mails-{port}", "w", encoding="ascii", buffering=1)

    class Handler:
        async def handle_DATA(self, server, session, envelope):
            out.write(f"{time.time():.4f} {len(envelope.content)} {envelope.rcpt_tos[0]}\n")
            return "250 OK"

    async def serve():
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(Handler(), tls_context=context, require_starttls=True, enable_SMTPUTF8=False, loop=loop), "127.0.0.1", port)
        await server.serve_forever()

    asyncio.run(serve())


class Served:
    def __init__(self, folder, port):
        self.folder, self.port, self.file = folder, port, folder / f"mails-{port}"

    def __enter__(self):
        self.process = subprocess.Popen([sys.executable, __file__, "--serve-smtp", str(self.port)])
        for _ in range(200):
            try:
                with smtplib.SMTP("127.0.0.1", self.port):
                    return self
            except OSError:
                time.sleep(0.05)
        sys.exit("bench: the SMTP server did not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)

    def mails(self):
        return [line.split() for line in self.file.read_text().splitlines()] if self.file.exists() else []


def alone(folder, port, count, size):
    """Mails a second that the SMTP server takes from smtplib."""
    text = "Subject: x\r\n\r\n" + ("x" * 74 + "\r\n") * (size // 76)

    def send(n):
        context = ssl.create_default_context(cafile=folder / "pki/ca.pem")
        with smtplib.SMTP("127.0.0.1", port) as smtp:
            smtp.starttls(context=context)
            for i in range(n):
                smtp.sendmail("mozu@mozu.example", [f"s{i}@mail.example"], text)

    with Served(folder, port):
        begin = time.monotonic()
        threads = [threading.Thread(target=send, args=(count // CONNECTIONS,)) for _ in range(CONNECTIONS)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        return count / (time.monotonic() - begin)


def multiplied(database, subscribers):
    """The one reader and their rule, so many times: hashing passwords and asking for each would take longer than what is measured."""
    base = sqlite3.connect(database)
    rows = lambda sql: [dict(zip([c[0] for c in cursor.description], row)) for cursor in [base.execute(sql)] for row in cursor]
    (person,) = rows("SELECT * FROM account WHERE name = CAST('reader' AS BLOB)")
    (rule,) = rows("SELECT * FROM document WHERE collection = CAST('notification-rules' AS BLOB)")
    insert = lambda table, row: base.execute(f"INSERT INTO {table}({','.join(row)}) VALUES({','.join('?' * len(row))})", list(row.values()))
    for i in range(1, subscribers):
        name = f"subscriber{i:06}".encode()
        insert("account", person | {"id": 1_000_000 + i, "name": name, "folded": name, "email": name + b"@mail.example"})
        insert("document", rule | {"id": f"00000000-0000-4000-8000-{i:012}".encode(), "owner": 1_000_000 + i})
    base.commit()
    base.close()


def measure(program, subscribers):
    from receivers import authority, free_port

    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    authority(FOLDER / "pki")
    data = FOLDER / "data"
    run = lambda *words: subprocess.run([str(program), *map(str, words), "--data", data], check=True, capture_output=True, text=True).stdout
    run("user", "add", "reader", "--role", "reader", "--organisation", "A", "--clearance", "red", "--email", "reader@mail.example", "--no-password")
    token = run("token", "add", "reader", "--scopes", "all").strip()
    port, mail_port = free_port(), free_port()
    (FOLDER / "notifications.toml").write_text(f'[mail]\nserver = "127.0.0.1"\nport = {mail_port}\nsecurity = "starttls"\nauthority = "pki/ca.pem"\n'
                                               f'from = "Mozu <mozu@mozu.example>"\nconnections = {CONNECTIONS}\n', encoding="utf-8")
    serve = [str(program), "serve", "--data", str(data), "--listen", f"127.0.0.1:{port}", "--plain", "--notifications", str(FOLDER / "notifications.toml"), "--public-url", "https://mozu.example"]

    def started():
        process = subprocess.Popen(serve, stderr=open(FOLDER / "serve.log", "ab"))
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).read()
                return process
            except OSError:
                time.sleep(0.05)
        sys.exit("bench: the server did not start: " + (FOLDER / "serve.log").read_text()[-400:])

    def stopped(process):
        process.terminate()
        process.wait(60)

    process = started()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/v1/notifications/rules", data=b'{"name":"all"}', headers={"Authorization": "Bearer " + token, "Content-Type": "application/json"})
    urllib.request.urlopen(request).read()
    stopped(process)
    multiplied(data / "people.db", subscribers)
    with Served(FOLDER, mail_port) as smtp:
        process = started()
        (FOLDER / "p.md").write_text(PUBLICATION.format(more="The report tells how. " * 20), encoding="utf-8")
        run("report", "add", "--publish", FOLDER / "p.md")
        published = time.time()  # the other process has ended
        queued = 0.0
        base = sqlite3.connect(f"file:{data}/people.db?mode=ro", uri=True)
        end = time.monotonic() + 600
        while time.monotonic() < end and len(smtp.mails()) < subscribers:
            if queued == 0.0 and (row := base.execute("SELECT min(created_ms) FROM notice").fetchone()) and row[0]:
                queued = row[0] / 1000
            time.sleep(0.05)
        mails = smtp.mails()
        # What was handed over is written down, too.
        while time.monotonic() < end and base.execute("SELECT count(*) FROM notice WHERE state = 0").fetchone()[0]:
            time.sleep(0.05)
        rss = next(int(line.split()[1]) for line in Path(f"/proc/{process.pid}/status").read_text().splitlines() if line.startswith("VmHWM")) / 1024
        stopped(process)
    times = [float(m[0]) for m in mails]
    size = int(mails[0][1])
    return {"date": time.strftime("%Y-%m-%d", time.gmtime()), "processors": os.cpu_count(), "model": next((l.split(":")[1].strip() for l in Path("/proc/cpuinfo").read_text().splitlines() if l.startswith("model name")), "unknown"),
            "load": os.getloadavg()[0], "subscribers": subscribers, "mails": len(mails), "different": len({m[2] for m in mails}), "bytes": size, "connections": CONNECTIONS,
            "first_queued_s": max(0.0, queued - published), "first_mail_s": max(0.0, min(times) - published), "all_s": max(times) - published, "rss_mib": rss,
            "smtp_alone_rate": alone(FOLDER, free_port(), min(subscribers, 4000), size)}


def part(r):
    rate = r["mails"] / r["all_s"]
    yes = lambda ok: "yes" if ok else "**no**"
    return f"""{TITLE}

`build/clients/bin/python bench/notify.py --mozu build/bench/mozu` measures this again. One publication is published by another process (`mozu report add --publish`) and told to
{r['subscribers']:,} accounts, each with a rule of its own, in {r['bytes'] / 1024:.1f} KiB of text and HTML, over {r['connections']} connections with STARTTLS. The SMTP server is aiosmtpd (Python), on the same
processors; the same server takes {r['smtp_alone_rate']:,.0f} mails/s of this size from smtplib, with nothing else to do.

Measured {r['date']} on {r['processors']} processors ({r['model']}), load {r['load']:.1f}.

| goal | wanted | reached | |
|---|---|---|---|
| {r['subscribers']:,} mails handed over | ≤ {GOALS['all_s']} s | {r['all_s']:.1f} s ({rate:,.0f} mails/s) | {yes(r['all_s'] <= GOALS['all_s'] and r['mails'] == r['different'] == r['subscribers'])} |
| published → first row of the outbox | ≤ {GOALS['first_queued_s']:.0f} s | {r['first_queued_s']:.2f} s | {yes(r['first_queued_s'] <= GOALS['first_queued_s'])} |

The first mail was there {r['first_mail_s']:.2f} s after publishing; the server had {r['rss_mib']:.0f} MiB at most.
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mozu", type=Path, default=ROOT / "build/bench/mozu")
    parser.add_argument("--subscribers", type=int, default=10_000)
    parser.add_argument("--write-docs", action="store_true")
    parser.add_argument("--serve-smtp", type=int, help=argparse.SUPPRESS)
    o = parser.parse_args()
    if o.serve_smtp:
        return smtp_server(FOLDER, o.serve_smtp)
    if o.write_docs:
        if not RESULTS.exists():
            sys.exit("bench: build/bench-notify.json is missing\n  hint: run bench/notify.py first")
        before = PAGE.read_text(encoding="utf-8").split(TITLE)[0].rstrip()
        PAGE.write_text(f"{before}\n\n{part(json.loads(RESULTS.read_text(encoding='utf-8')))}", encoding="utf-8")
        return None
    try:
        results = measure(o.mozu.resolve(), o.subscribers)
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
    RESULTS.write_text(json.dumps(results, indent=1), encoding="utf-8")
    say(part(results))
    return None


if __name__ == "__main__":
    main()
