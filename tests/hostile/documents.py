#!/usr/bin/env python3
"""Documents that are broken on purpose, read by `mozu extract --json`, several in a command: each costs one result or one located error, never the
program nor the documents beside it.

  tests/hostile/documents.py --mozu build/release/mozu [--count 120] [--seed 1] [--keep FOLDER] [--shared FOLDER]

Bytes flipped, pieces cut out, repeated, moved in from other formats, numbers made extreme, also inside of what is packed (parts of DOCX, streams of PDF);
bombs and deep nesting. The same seed makes the same documents. --keep keeps those that break the worker's reader (`cell-crash`), which is allowed to break,
and any that break more. Real reports under --shared are taken as seeds where they are.
"""
import argparse
import base64
import collections
import concurrent.futures
import gzip
import io
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import warnings
import zipfile
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
A_COMMAND = 6
SEED_BYTES_MAX = 1_500_000
HANGS_AFTER_S = 330 * A_COMMAND  # the cell's own limit is 300 s a document
BROKE_READER = re.compile(r"^error: .*(crashed its reader|ended its reader|answer)", re.M)
SANITIZER = re.compile(r"ERROR: \w+Sanitizer|runtime error: |terminate called")
NUMBERS = [b"0", b"-1", b"1", b"65536", b"2147483647", b"2147483648", b"4294967295", b"99999999999999999999", b"1e308", b"-0.0000001"]
FLATE = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.S)


# ---- one change

def flip(r, data, seeds):
    data = bytearray(data)
    for _ in range(r.choice((1, 2, 8, 64))):
        data[r.randrange(len(data))] = r.randrange(256)
    return bytes(data)


def cut(r, data, seeds):
    return data[:r.randrange(1, len(data) + 1)]


def drop(r, data, seeds):
    at = r.randrange(len(data))
    return data[:at] + data[at + r.choice((1, 16, 512, 8192)):]


def repeat(r, data, seeds):
    at = r.randrange(len(data))
    piece = data[at:at + r.choice((1, 16, 256, 4096))]
    return data[:at] + piece * r.choice((2, 10, 300)) + data[at:]


def splice(r, data, seeds):
    other = r.choice(seeds)[1]
    at, from_ = r.randrange(len(data)), r.randrange(len(other))
    return data[:at] + other[from_:from_ + r.choice((16, 512, 16384))] + data[at + r.choice((0, 512)):]


def number(r, data, seeds):
    found = list(re.finditer(rb"\d+", data[:200_000]))
    for m in sorted(r.sample(found, min(len(found), r.choice((1, 3, 10)))), key=lambda m: -m.start()):
        data = data[:m.start()] + r.choice(NUMBERS) + data[m.end():]
    return data


def double_objects(r, data, seeds):
    """Objects of a PDF a second time, under the numbers of others."""
    objects = re.findall(rb"\d+ 0 obj.*?endobj", data[:400_000], re.S)
    if not objects:
        return repeat(r, data, seeds)
    for _ in range(r.choice((1, 4, 20))):
        data += b"\n" + re.sub(rb"^\d+", b"%d" % r.randrange(len(objects) + 2), r.choice(objects))
    return data


PLAIN = (flip, cut, drop, repeat, splice, number)


def change(r, data, seeds):
    for _ in range(r.choice((1, 1, 2, 4))):
        data = r.choice(PLAIN)(r, data, seeds) or b"x"
    return data


# ---- a document

def in_zip(r, data, seeds):
    """The parts of a DOCX changed, and packed again."""
    try:
        parts = [(i.filename, zipfile.ZipFile(io.BytesIO(data)).read(i)) for i in zipfile.ZipFile(io.BytesIO(data)).infolist()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, zlib.error):
        return change(r, data, seeds)
    readable = [i for i, (name, part) in enumerate(parts) if name.endswith((".xml", ".rels")) and part]
    for i in r.sample(readable, min(len(readable), r.choice((1, 2)))):
        parts[i] = (parts[i][0], change(r, parts[i][1], seeds))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, part in parts:
            if name.endswith((".xml", ".rels")):
                z.writestr(name, part)
    return out.getvalue()


def in_streams(r, data, seeds):
    """Streams of a PDF unpacked, changed, packed again."""
    streams = list(FLATE.finditer(data))
    for m in sorted(r.sample(streams, min(len(streams), 4)), key=lambda m: -m.start()):
        try:
            inner = zlib.decompress(m[1])
        except zlib.error:
            continue
        if inner:
            data = data[:m.start(1)] + zlib.compress(change(r, inner, seeds), 1) + data[m.end(1):]
    return data


def packed(r, data, seeds):
    data = gzip.compress(change(r, data, seeds), 1, mtime=0)
    return change(r, data, seeds) if r.random() < 0.2 else data


def mutated(r, seeds):
    ending, data = r.choice(seeds)
    ways = [change, change, packed] + {".docx": [in_zip] * 4, ".pdf": [in_streams, in_streams, double_objects]}.get(ending, [change])
    return ending, r.choice(ways)(r, data, seeds)


# ---- made ones

def docx(parts):
    out = io.BytesIO()
    warnings.simplefilter("ignore")  # two parts of one name
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as z:
        z.writestr("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>')
        for name, part in parts:
            z.writestr(name, part)
    return out.getvalue()


def pdf(*objects):
    return b"%PDF-1.7\n" + b"\n".join(b"%d 0 obj\n%s\nendobj" % (i + 1, o) for i, o in enumerate(objects)) + b"\ntrailer <</Root 1 0 R/Size 99>>\n%%EOF\n"


def stream(data, filters=b"/FlateDecode"):
    return b"<</Length %d/Filter %s>>\nstream\n%s\nendstream" % (len(data), filters, data)


def bombs():
    word = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<</XObject<</X 4 0 R>>>>/Contents 4 0 R>>"
    kids = b"<</Type/Pages/Count 1/Kids[3 0 R]>>"
    blank = zlib.compress(b" " * 50_000_000, 9)
    mail = b"From: a@example.com\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(3000))
    return [
        (".docx", docx([("word/document.xml", word.format(" " * 150_000_000))])),
        (".docx", docx([("word/document.xml", word.format("<w:tbl><w:tr><w:tc>" * 40_000))])),
        (".docx", docx([("word/document.xml", '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + "".join(f'<!ENTITY {chr(98 + i)} "{("&" + chr(97 + i) + ";") * 10}">' for i in range(10)) + "]>" + word.format("<w:p><w:r><w:t>&k;</w:t></w:r></w:p>"))])),
        (".docx", docx([(f"word/{i}.xml", "") for i in range(20_000)] + [("word/document.xml", word.format(""))])),
        (".docx", docx([("word/document.xml", word.format("<w:p><w:r><w:t>evil[.]example</w:t></w:r></w:p>"))] * 3)),
        (".pdf", pdf(b"<</Type/Catalog/Pages 2 0 R>>", kids, page, stream(blank))),
        (".pdf", pdf(b"<</Type/Catalog/Pages 2 0 R>>", kids, page, stream(zlib.compress(blank, 9), b"[/FlateDecode/FlateDecode]"))),
        (".pdf", pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 99999999/Kids[2 0 R 2 0 R]/Parent 2 0 R>>")),
        (".pdf", pdf(b"<</Type/Catalog/Pages 2 0 R>>", kids, page, b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 4 0 R>>>>/Length 4>>\nstream\n/X Do\nendstream")),
        (".pdf", pdf(b"<</Type/Catalog/Pages " + b"[" * 60_000, kids)),
        (".pdf", pdf(b"<</Type/Catalog/Pages 2 0 R/Outlines 5 0 R>>", kids, page, stream(zlib.compress(b"q " * 2_000_000)), b"<</First 5 0 R/Next 5 0 R/Title(x)>>")),
        (".html", b"<html><body>" + b"<div>" * 20_000 + b"evil[.]example"),
        (".html", b"<html><table>" + b"<tr><td><table>" * 30_000),
        (".html", b"<html><body>" + b"<a href='http://evil.example/" + b"a" * 3_000_000 + b"'>x</a>" + b"&amp" * 400_000),
        (".html", b"<!doctype html><p>" + b"<b><i><u>" * 30_000 + b"</b>" * 30_000),
        (".eml", mail + nested),
        (".eml", mail + b"Content-Type: message/rfc822\r\n\r\n" * 3000),
        (".eml", mail + b"Content-Type: multipart/mixed; boundary=b\r\n" + b"\r\n--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\nPGI+\r\n" * 20_000),
        (".eml", mail + b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(b"%PDF-1.4\n" + b"1 0 obj" * 100_000)),
        (".eml", mail + b"X: " + b"=?utf-8?q?" * 200_000 + b"\r\n\r\nx"),
        (".txt.gz", gzip.compress(b"evil[.]example\n" * 8_000_000, 1, mtime=0)),
        (".txt.gz", gzip.compress(gzip.compress(b"x" * 1000, mtime=0), mtime=0)),
        (".txt", b"[" * 2_000_000 + b"hxxp://" * 200_000),
        (".md", b"[](" * 500_000 + b"APT28 and " * 100_000),
        (".txt", b"rule a {" * 100_000 + b"T1059." * 100_000),
    ]


# ---- the run

def seeds_of(shared):
    found = []
    for name, ending in (("pdf", ".pdf"), ("docx", ".docx"), ("html", ".html"), ("email", ".eml")):
        for p in sorted((ROOT / "fuzz/corpus" / f"document_{name}").iterdir()):
            found.append((p.suffix or ending, p.read_bytes()))
    reports = sorted((shared / "data/reports").glob("*/*")) if shared else []
    found += [(p.suffix, p.read_bytes()) for p in reports if p.suffix in (".pdf", ".docx", ".html", ".md") and p.stat().st_size <= SEED_BYTES_MAX]
    return [(e, d) for e, d in found if d]


class Campaign:
    def __init__(self, mozu, folder, keep):
        self.mozu, self.folder, self.keep = mozu, folder, keep
        self.tally = collections.Counter()
        self.failed = []

    def run(self, number, documents):
        """One command over several documents."""
        paths = []
        for i, (ending, data) in enumerate(documents):
            paths.append(self.folder / f"{number}-{i}{ending}")
            paths[-1].write_bytes(data)
        faults, broke = [], set()
        try:
            done = subprocess.run([self.mozu, "extract", "--json", *map(str, paths)], capture_output=True, timeout=HANGS_AFTER_S, check=False)
        except subprocess.TimeoutExpired:
            faults.append("did not end")
        else:
            faults, broke = self.judge(done, [str(p) for p in paths])
        for p in paths:
            if self.keep and (faults or str(p) in broke):
                (self.keep / p.name).write_bytes(p.read_bytes())
            p.unlink()
        self.failed += [f"command {number}: {f}" for f in faults]

    def judge(self, done, paths):
        out, said = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
        faults = [] if done.returncode in (0, 2) else [f"exit {done.returncode}"]
        if found := SANITIZER.search(said):
            faults.append(said[found.start():found.start() + 1500])
        results = collections.Counter(json.loads(line)["file"] for line in out.split("\n") if line)
        errors, broke = collections.Counter(), set()
        for block in re.split(r"^(?=(?:error|warning|note): )", said, flags=re.M):
            if not block.startswith("error: "):
                continue
            self.tally[block.split("\n")[0][:70]] += 1
            for p in paths:
                if re.search(r"^  --> " + re.escape(p) + r"(?:$|[:, ])", block, re.M):
                    errors[p] += 1
                    if BROKE_READER.match(block):
                        broke.add(p)
        self.tally["read"] += len(results)
        for p in paths:
            if results[p] + errors[p] != 1:
                faults.append(f"{Path(p).name}: {results[p]} results and {errors[p]} errors\n{said[:1500]}")
        if (done.returncode == 0) != (not errors):
            faults.append(f"exit {done.returncode} with {sum(errors.values())} errors")
        return faults, broke


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mozu", required=True)
    parser.add_argument("--count", type=int, default=120, help="documents to make, besides the bombs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--shared", type=Path, help="takes the reports there as seeds too")
    parser.add_argument("--no-bombs", action="store_true")
    parser.add_argument("-j", type=int, default=os.cpu_count() or 1)
    a = parser.parse_args()
    if a.keep:
        a.keep.mkdir(parents=True, exist_ok=True)
    seeds = seeds_of(a.shared)
    with tempfile.TemporaryDirectory(prefix="mozu-hostile-") as folder:
        campaign = Campaign(a.mozu, Path(folder), a.keep)
        made = [] if a.no_bombs else bombs()
        count = len(made) + a.count

        def command(n):
            r = random.Random(a.seed * 1_000_003 + n)
            batch = [made[i] if i < len(made) else mutated(r, seeds) for i in range(n * A_COMMAND, min(count, (n + 1) * A_COMMAND))]
            campaign.run(n, batch)

        with concurrent.futures.ThreadPoolExecutor(a.j) as pool:
            list(pool.map(command, range(-(-count // A_COMMAND))))
    for what, n in campaign.tally.most_common():
        print(f"{n:6}  {what}")
    for f in campaign.failed:
        print("FAILED", f)
    print(f"{count - len(campaign.failed)} passed, {len(campaign.failed)} failed")
    return 1 if campaign.failed else 0


if __name__ == "__main__":
    sys.exit(main())
