#!/usr/bin/env python3
"""Scores `mozu extract` against what vendors and annotators say stands in their reports: precision, recall and F1 for each type.

  tools/eval/eval.py [--mozu PROGRAM] [--shared FOLDER] [--write docs/extraction.md] [--show SET[:TYPE]]

Truth never comes from Mozu: lists beside the reports, annotations, and, for what reports hold inline, a second, simple reading of the text
(every defanged token, every hash) written here. --show prints what was missed (-) and what was found too much (+).
"""
import argparse
import collections
import csv
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.parse
from pathlib import Path

HASHES = {"md5": 32, "sha1": 40, "sha256": 64}
NETWORK = ("ipv4-addr", "domain-name", "url", "email-addr")
GALAXIES = ("threat-actor.json.zst", "microsoft-activity-group.json", "ransomware.json.zst", "rat.json", "backdoor.json", "banker.json", "botnet.json", "stealer.json", "cryptominers.json",
            "exploit-kit.json", "wiper.json", "tool.json")
TYPE_NAMES = {"ipv4-addr": "IPv4 addresses", "domain-name": "domains", "url": "URLs", "email-addr": "e-mail addresses", "md5": "MD5", "sha1": "SHA-1", "sha256": "SHA-256", "vulnerability": "CVE",
              "attack-id": "ATT&CK ids written out", "threat-actor": "actors", "malware": "malware", "tool": "tools", "malware+tool": "malware and tools", "technique": "techniques by name (sentences)"}


OWN_SITES = {"sekoia.io"}  # of publishers; their reports name them, and no list of theirs does


TLDS = set()  # read from the warning list of top-level domains


class Score:
    def __init__(self):
        self.hit, self.miss, self.more = set(), set(), set()

    def add(self, document, truth, found, alike=lambda a, b: a == b):
        self.hit |= {(document, t) for t in truth & found}
        self.miss |= {(document, t) for t in truth - found}
        self.more |= {(document, f) for f in found - truth}

    def figures(self):
        h, m, x = len(self.hit), len(self.miss), len(self.more)
        p = h / (h + x) if h + x else 1.0
        r = h / (h + m) if h + m else 1.0
        return h + m, p, r, 2 * p * r / (p + r) if p + r else 0.0


def url_key(text):
    """As Mozu writes URLs, near enough: no scheme, small host, no user, no fragment, a path."""
    text = re.sub(r"^[a-z0-9+.-]+:/+", "", text, flags=re.I).split("#")[0]
    for _ in range(5):
        text = urllib.parse.unquote(text, errors="surrogateescape")
    host, slash, rest = re.match(r"([^/?]*)([/?]?)(.*)", text, re.S).groups()
    host = re.sub(r":(80|443)$", "", host.split("@")[-1].lower())
    path, mark, query = rest.partition("?") if slash != "?" else ("", "?", rest)
    rest = re.sub(r"/+", "/", path.lstrip("/")) + mark + query
    rest = "".join(c if "!" <= c <= "~" and c not in "#%" else "".join(f"%{b:02X}" for b in c.encode("utf-8", "surrogateescape")) for c in rest)
    return host + "/" + rest


def refang(text):
    text = re.sub(r"\s*[\[({]\s*(?:\.|dot)\s*[\])}]\s*", ".", text, flags=re.I)
    text = re.sub(r"\[(\.[a-z0-9-]+)\]", r"\1", text, flags=re.I)
    text = re.sub(r"[\[({](://|:|/|@|at)[\])}]", lambda m: "@" if m[1].lower() == "at" else m[1], text, flags=re.I)
    return re.sub(r"\bh[x*]{2}p", "http", text, flags=re.I)


def squeeze(text):
    return re.sub(r"[\s\[\](){}\\`|\u200b]+", "", re.sub(r"h[x*]{2}p", "http", refang(text), flags=re.I)).lower()


def inline_truth(text):
    """What a report itself marks as indicators: every token with something defanged in it, every run of hex digits of a hash's length."""
    truth = collections.defaultdict(set)
    text = re.sub(r"(?<=[&?])\r?\n\s+(?=[\w-]+=)", "", text)  # a URL goes on in the next line
    for kind, n in HASHES.items():
        truth[kind] = {h.lower() for h in re.findall(r"(?<![\w./=-])[0-9a-fA-F]{%d}(?![\w=-])" % n, text)}
    mark = r"(?:[\[({]\s?(?:\.|dot)\s?[\])}]|hxxps?|\[\.[a-z]+\]|\[:\]|\[@\]|\[at\])"
    for raw in re.findall(r"[^\s|`\"<>,;']*" + mark + r"[^\s|`\"<>,;']*", text, flags=re.I):
        value = refang(raw).strip(".:*()[]-+")
        if value.startswith("\\\\") or "[" in value or "\\" in value or value.startswith("wc:"):
            if "/" in value and "[" in value:  # a placeholder: what stands before it counts neither for nor against
                truth["open-url"].add(url_key(value.split("[")[0]))
            continue  # UNC paths, wallet links
        if re.match(r"[a-z]+://", value, re.I):
            truth["url"].add(url_key(value))
        elif "@" in value and "/" not in value:
            truth["email-addr"].add(value.lower())
        elif re.fullmatch(r"\d+\.\d+\.\d+\.\d+(:\d+)?(/\d{1,2})?", value):
            truth["ipv4-addr"].add(value.split(":")[0])
        elif "/" in value.rstrip("/"):
            truth["url"].add(url_key(value))
        else:
            host = re.sub(r":\d+.*$", "", value.lower().rstrip("/"))
            if re.fullmatch(r"(?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]+", host):
                truth["domain-name"].add(host)
    # Lists that are written live: a line or cell of its own, or any public address.
    for cell in re.split(r"[|\n]", text):
        cell = cell.strip(" *-`\t\r").lower()
        if re.fullmatch(r"(?:[a-z0-9_-]+\.)+[a-z]{2,18}", cell) and not re.search(r"\.(exe|dll|txt|py|sh|zip|php|js|doc|pdf|bat|ps1|json|vbs|dat|bin|tmp|log|jar|apk|lnk|msi|iso|img|rar|7z|hta|html?|docx?|xlsx?|png|jpe?g|sys|cmd|xml|cfg|ini|so)$", cell):
            if cell.rsplit(".")[-1] in TLDS and not cell.startswith(("com.", "org.", "net.", "io.")):
                truth["domain-name"].add(cell)
        elif re.fullmatch(r"[a-z0-9._+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+", cell):
            truth["email-addr"].add(cell)
    for address in re.findall(r"(?<![\w.])(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?:/(?:[89]|[12]\d|3[0-2])(?![\w./]))?)(?![\w]|\.\w)", re.sub(r"(?i)(?:version|v\.?) ?\d+(\.\d+)+", "", refang(text))):
        a, b = (int(x) for x in address.split(".")[:2])
        if not (a in (0, 10, 127) or a > 223 or (a, b) in ((192, 168), (169, 254)) or a == 172 and 16 <= b < 32):
            truth["ipv4-addr"].add(address)
    return truth


def misp_truth(paths):
    truth = collections.defaultdict(set)
    kinds = {"domain": "domain-name", "hostname": "domain-name", "ip-dst": "ipv4-addr", "ip-src": "ipv4-addr", "url": "url", "email-src": "email-addr", "email-dst": "email-addr",
             "md5": "md5", "sha1": "sha1", "sha256": "sha256"}
    for path in paths:
        event = json.loads(path.read_text(errors="replace"))
        event = event.get("Event", event) if isinstance(event, dict) else {}
        attributes = event.get("Attribute", []) + [a for o in event.get("Object", []) for a in o.get("Attribute", [])]
        for a in attributes:
            for kind, value in zip(a["type"].split("|"), a["value"].split("|")):
                kind = {"ip": "ip-dst"}.get(kind, kind)
                value = refang(value).strip().strip(".")
                if kind == "url":
                    truth["url"].add(url_key(value))
                elif kind in kinds:
                    value = value.lower()
                    if kinds[kind] == "domain-name" and (not re.search(r"\.[a-z]", value) or "/" in value):
                        continue
                    truth[kinds[kind]].add(value)
    return truth


def merge(*truths):
    out = collections.defaultdict(set)
    for t in truths:
        for k, v in t.items():
            out[k] |= v
    return out


class Evaluation:
    def __init__(self, mozu, shared):
        self.mozu, self.data = mozu, shared / "data"
        self.scores = {}
        TLDS.update(["onion", "bit"])
        TLDS.update(t.lower().lstrip(".") for t in json.loads((self.data / "misp-warninglists/tlds.json").read_text())["list"])
        self.notes = []
        self.names = []
        for f in [self.data / "attack/enterprise-attack-18.1.stix20.json.zst"] + [self.data / "misp-galaxy/clusters" / g for g in GALAXIES]:
            self.names += ["--names", str(f)]

    def extract(self, paths, *options):
        out = []
        paths = [str(p) for p in paths]
        for i in range(0, len(paths), 200):
            run = subprocess.run([self.mozu, "extract", "--json", *options, *paths[i:i + 200]], capture_output=True, text=True)
            if run.returncode != 0:
                sys.stderr.write(run.stderr)
            out += [json.loads(line) for line in run.stdout.split("\n") if line]
        return out

    def text(self, path):
        return subprocess.run([self.mozu, "extract", "--text", str(path)], capture_output=True, text=True).stdout

    def score(self, group, kind):
        return self.scores.setdefault((group, kind), Score())

    @staticmethod
    def found(report, good=True):
        out = collections.defaultdict(set)
        for f in report["findings"]:
            if (f["noise"] is None) == good:
                out[f["type"]].add(f["value"])
        return out

    # ---- indicators

    def indicators(self, group, documents, truth_of, kinds):
        documents = [d for d in documents if d.exists()]
        reports = self.extract(documents)
        for path, report in zip(documents, reports):
            text = self.text(path)
            listed, marked = truth_of(path, text)
            squeezed = squeeze(text)
            outside = squeeze(re.sub(r"[^\s|`\"<>]*(?:://|\[:\]//)[^\s|`\"<>]*", " ", text))  # a hash in a URL is a name there
            stands = lambda kind, v: squeeze(v).rstrip("/") in (outside if kind in HASHES else squeezed)
            present = {k: {v for v in vs if stands(k, v)} for k, vs in listed.items()}
            self.absent = getattr(self, "absent", 0) + sum(len(vs) - len(present[k]) for k, vs in listed.items())
            truth = merge(present, marked)
            truth["domain-name"] -= OWN_SITES
            found = self.found(report)
            hosts = {u.split("/")[0].split(":")[0] for u in found["url"] | truth["url"]}
            for kind in kinds:
                t, f = truth[kind], found[kind]
                if kind in ("domain-name", "ipv4-addr"):   # as host of a URL it is there, whichever way it is counted
                    t = {v for v in t if v in f or v not in hosts}
                    f = {v for v in f if v in t or v not in hosts}
                if kind == "url":
                    f = {v for v in f if v in t or v not in truth["open-url"]}
                if kind == "url":  # lists write some URLs without the slash at the end, or only their host
                    f = {v for v in f if v in t or v.rstrip("/") not in {x.rstrip("/") for x in t}} | {x for x in t if x.rstrip("/") in {v.rstrip("/") for v in f}}
                    t = {v for v in t if not (v.endswith("/") and v.count("/") == 1 and v not in f and v[:-1] in found["domain-name"] | found["ipv4-addr"])}
                self.score(group, kind).add(path.name if path.parent.name == "unit42-timely" else f"{path.parent.name}/{path.name}", t, f)

    def eset(self):
        def truth(path, text):
            listed = collections.defaultdict(set)
            for kind, n in HASHES.items():
                for f in path.parent.glob(f"*.{kind}"):
                    listed[kind] |= {w.lower() for w in re.findall(r"\b[0-9a-fA-F]{%d}\b" % n, f.read_text(errors="replace"))}
            misp = misp_truth(sorted(path.parent.glob("*.json")))
            marked = inline_truth(text)
            return merge(listed, misp), marked
        self.indicators("ESET", sorted((self.data / "indicators/eset").glob("*/*.adoc")), truth, [*HASHES, *NETWORK])

    def prodaft(self):
        def truth(path, text):
            readme = (path.parent / "README.md").read_text()
            listed = collections.defaultdict(set)
            for line in readme.splitlines():
                if not line.startswith("|"):
                    continue
                for cell in (c.strip().lower() for c in line.strip("|").split("|")):
                    for kind, n in HASHES.items():
                        if re.fullmatch(r"[0-9a-f]{%d}" % n, cell):
                            listed[kind].add(cell)
                    if re.fullmatch(r"\d+\.\d+\.\d+\.\d+", cell):
                        listed["ipv4-addr"].add(cell)
                    elif re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", cell):
                        listed["domain-name"].add(cell)
            marked = {k: v for k, v in inline_truth(text).items() if k in HASHES}
            return listed, marked
        folder = self.data / "reports"
        documents = [folder / "prodaft-flubot/FluBot.pdf", folder / "prodaft-brunhilda/BrunHilda_DaaS.pdf", folder / "prodaft-flubot/README.md", folder / "prodaft-brunhilda/README.md"]
        self.indicators("PRODAFT", documents, truth, ["md5", "sha256", "ipv4-addr", "domain-name"])

    def amnesty(self):
        folder = self.data / "reports/amnesty-oceanlotus-vietnam"

        def truth(path, text):
            read = lambda name: set((folder / "indicators" / name).read_text().lower().split())
            return {"domain-name": read("domains.txt"), "ipv4-addr": read("ips.txt"), "sha256": read("sha256.txt")}, {}
        self.indicators("Amnesty", [folder / "README.md"], truth, ["domain-name", "ipv4-addr", "sha256"])

    def sekoia(self):
        folder = self.data / "reports/sekoia-flint-emotet"

        def truth(path, text):
            listed = collections.defaultdict(set)
            for row in csv.reader(io.StringIO((folder / "2021-01-20_Emotet_Campaign.csv").read_text(errors="replace"))):
                value = row[0].strip() if row else ""
                if re.match(r"https?://", value):
                    listed["url"].add(url_key(value))
                elif re.fullmatch(r"\d+\.\d+\.\d+\.\d+(:\d+)?", value):
                    listed["ipv4-addr"].add(value.split(":")[0])
                elif re.fullmatch(r"[^@\s]+@[^@\s]+", value):
                    listed["email-addr"].add(value.lower())
                for kind, n in HASHES.items():
                    if re.fullmatch(r"[0-9a-fA-F]{%d}" % n, value):
                        listed[kind].add(value.lower())
            return listed, inline_truth(text)
        self.indicators("Sekoia", [folder / f"FLINT_2021_-_Emotet_{x}.pdf" for x in ("EN", "FR")], truth, [*HASHES, *NETWORK])

    def unit42(self):
        self.indicators("Unit 42", sorted((self.data / "reports/unit42-timely").glob("*.txt")), lambda path, text: ({}, inline_truth(text)), [*HASHES, *NETWORK])

    def cisa(self):
        """The same advisory three times: what one format tells the others must."""
        folder = self.data / "reports/cisa-aa20-302a"
        files = [folder / f"AA20-302A.{x}" for x in ("pdf", "docx", "html")]
        reports = self.extract(files, *self.names)
        if len(reports) != 3:
            self.notes.append("CISA: the three formats could not be read.")
            return
        kinds = {*HASHES, *NETWORK, "vulnerability", "attack-pattern", "threat-actor", "malware", "tool"}
        sets = [{(f["type"], f["value"]) for f in r["findings"] if f["noise"] is None and f["type"] in kinds} for r in reports]
        all_, common = set.union(*sets), set.intersection(*sets)
        agree = sum(1 for v in all_ for a in sets for b in sets if (v in a) == (v in b)) / (9 * len(all_))
        self.agreement = (len(common), len(all_), agree, [sorted(s ^ common) for s in sets])
        for path in files:
            text = self.text(path)
            report = next(r for r in reports if r["file"] == str(path))
            found = self.found(report)
            self.score("CISA", "vulnerability").add(path.name, {f"CVE-{a}-{b}" for a, b in re.findall(r"CVE-(\d{4})-(\d{4,7})", text)}, found["vulnerability"])
            self.attack_ids("CISA", path.name, text, report)

    # ---- names and ids

    ID = r"(?<![A-Za-z0-9])(T[01]\d{3}(?:[./]\d{3})?|TA0\d{3})(?![A-Za-z0-9])"

    def attack_ids(self, group, document, text, report):
        truth = {i.replace("/", ".") for i in re.findall(self.ID, text)}
        found = {f["value"] for f in report["findings"] if f["noise"] is None and f["type"] in ("attack-pattern", "tactic") and "written out" in f["reason"]}
        self.score(group, "attack-id").add(document, truth, found)

    def every_id(self):
        """CVE and ATT&CK ids in whatever reports hold them."""
        documents = [p for p in sorted((self.data / "reports").glob("**/*")) if p.suffix in (".txt", ".md") and p.is_file()] + sorted((self.data / "indicators").glob("*/**/*.adoc")) \
            + sorted((self.data / "indicators").glob("*/**/*.md"))
        for path, report in zip(documents, self.extract(documents)):
            text = path.read_text(errors="replace")
            name = f"{path.parent.name}/{path.name}"
            self.attack_ids("all texts", name, text, report)
            self.score("all texts", "vulnerability").add(name, {f"CVE-{a}-{b}" for a, b in re.findall(r"(?i)(?<![a-z0-9])CVE[-_](\d{4})[-_](\d{4,7})(?![0-9a-z])", text)}, self.found(report)["vulnerability"])

    @staticmethod
    def fold(name):
        return re.sub(r"[^0-9a-z]", "", name.lower())

    def known_names(self):
        """Folded names that the dictionaries hold, by kind."""
        known = collections.defaultdict(set)
        for f in self.names[1::2]:
            raw = subprocess.run(["zstdcat", f], capture_output=True).stdout if f.endswith(".zst") else Path(f).read_bytes()
            d = json.loads(raw)
            for o in d.get("objects", []):
                if o["type"] in ("intrusion-set", "malware", "tool"):
                    known[o["type"]] |= {self.fold(n) for n in [o["name"], *o.get("aliases", []), *o.get("x_mitre_aliases", [])]}
            kind = "intrusion-set" if d.get("type") in ("threat-actor", "microsoft-activity-group") else "malware"
            for v in d.get("values", []):
                known[kind] |= {self.fold(n) for n in [v["value"], *v.get("meta", {}).get("synonyms", [])]}
        return known

    def annoctr(self):
        folder = self.data / "reports/annoctr"
        documents = [p for p in sorted((folder / "text").glob("*.txt")) if (folder / "ner_bio" / f"{p.stem}.bio").exists()]
        annotated = lambda p: re.search(r"\tB-(GROUP|MALWARE|TOOL|TECHNIQUE|TACTIC)", (folder / "ner_bio" / f"{p.stem}.bio").read_text())
        documents = [p for p in documents if annotated(p)]
        reports = self.extract(documents, *self.names, "--mentions")
        known = self.known_names()
        everything = known["intrusion-set"] | known["malware"] | known["tool"]
        for path, report in zip(documents, reports):
            truth = collections.defaultdict(set)
            current = {}
            for line in (folder / "ner_bio" / f"{path.stem}.bio").read_text().splitlines() + [""]:
                cells = line.split("\t")
                tag = cells[-1] if len(cells) > 1 else "O"
                if tag.startswith("B-") or not tag.startswith("I-"):
                    if current:
                        truth[current["kind"]].add(self.fold("".join(current["words"])))
                    current = {"kind": tag[2:], "words": [cells[0]]} if tag.startswith("B-") else {}
                elif current:
                    current["words"].append(cells[0])
            text = path.read_text(encoding="utf-8", errors="replace")
            found = collections.defaultdict(set)
            for f in report["findings"]:
                if f["noise"] is None and "written out" not in f["reason"]:
                    found[f["type"]].add(self.fold(text[f["span"][0]:f["span"][1]]))
            # An annotated "Cobalt Strike beacon" is the name with its kind: the longest known name in it counts.
            kind = re.compile(r"(ransomware|malware|loader|stealer|miner|beacon|rat|rc|ek|exploitkit|based|exe)$")
            core = lambda names: {kind.sub("", n) if len(kind.sub("", n)) > 2 else n for n in names}
            everything = core(everything) | everything
            found = {k: core(v) for k, v in found.items()}
            found = collections.defaultdict(set, found)
            groups, software = core(truth["GROUP"]), core(truth["MALWARE"] | truth["TOOL"])
            malware = core(truth["MALWARE"])
            for label, keep in (("AnnoCTR", lambda n: True), ("AnnoCTR, names that the lists hold", lambda n: n in everything)):
                self.score(label, "threat-actor").add(path.stem, {g for g in groups if keep(g)}, {f for f in found["threat-actor"] if keep(f)})
                t, f = {m for m in software if keep(m)}, {m for m in found["malware"] | found["tool"] if keep(m)}
                self.score(label, "malware+tool").add(path.stem, t, f)
                t = {m for m in malware if keep(m)}
                self.score(label, "malware").add(path.stem, t, {m for m in found["malware"] if m in t or (keep(m) and m not in software)})

    def tram(self):
        rows = json.loads(subprocess.run(["zstdcat", str(self.data / "reports/tram-annotated/single_label.json.zst")], capture_output=True).stdout)
        lines = [re.sub(r"\s+", " ", r["text"]) for r in rows]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "sentences.txt"
            path.write_text("\n\n".join(lines))
            report = self.extract([path], *self.names[:2], "--mentions")[0]
        starts, at = [], 0
        for line in lines:
            starts.append(at)
            at += len(line) + 2
        import bisect
        found = collections.defaultdict(set)
        for f in report["findings"]:
            if f["noise"] is None and f["type"] == "attack-pattern":
                found[bisect.bisect_right(starts, f["span"][0]) - 1].add(f["value"].split(".")[0])
        for i, row in enumerate(rows):
            self.score("TRAM", "technique").add(i, {row["label"].split(".")[0]}, found[i])

    # ---- output

    def run(self):
        for part in (self.eset, self.prodaft, self.amnesty, self.sekoia, self.unit42, self.cisa, self.every_id, self.annoctr, self.tram):
            part()

    def table(self):
        total = collections.defaultdict(Score)
        for (group, kind), s in self.scores.items():
            if group.startswith("AnnoCTR") or group == "TRAM" or group == "CISA" and kind == "attack-id":
                continue
            t = total[kind]
            t.hit |= {(group, *x) for x in s.hit}
            t.miss |= {(group, *x) for x in s.miss}
            t.more |= {(group, *x) for x in s.more}
        out = ["| reports | type | in the truth | precision | recall | F1 |", "|---|---|--:|--:|--:|--:|"]
        rows = [("**all**", k, total[k]) for k in TYPE_NAMES if k in total] + [(g, k, s) for (g, k), s in self.scores.items()]
        for group, kind, s in rows:
            n, p, r, f = s.figures()
            out.append(f"| {group} | {TYPE_NAMES[kind]} | {n:,} | {p:.3f} | {r:.3f} | {f:.3f} |")
        if hasattr(self, "agreement"):
            common, all_, agree, _ = self.agreement
            out += ["", f"The CISA advisory as PDF, DOCX and HTML: {common} of {all_} findings are in all three; pairs of formats agree on {agree:.1%} of them."]
        return "\n".join(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root = Path(__file__).resolve().parents[2]
    parser.add_argument("--mozu", default=str(root / "build/release/mozu"))
    parser.add_argument("--shared", default=os.environ.get("MOZU_SHARED") or str(root.parent / "shared"))
    parser.add_argument("--write", help="put the table between the marks of this page")
    parser.add_argument("--show", default="", help="list misses and extras of SET or SET:TYPE; * is every set")
    a = parser.parse_args()
    if not (Path(a.shared) / "data/reports").is_dir():
        print(f"no reports under {a.shared}/data: nothing was evaluated (set MOZU_SHARED)")
        return 0
    e = Evaluation(a.mozu, Path(a.shared))
    e.run()
    table = e.table()
    print(table)
    for note in e.notes:
        print(note)
    group, _, kind = a.show.partition(":")
    for (g, k), s in e.scores.items():
        if group and (group == "*" or g.startswith(group)) and (not kind or k == kind):
            for mark, values in (("-", s.miss), ("+", s.more)):
                for document, value in sorted(values, key=str)[:400]:
                    print(mark, g, k, document, value, sep="\t")
    if group in ("CISA", "*") and hasattr(e, "agreement"):
        print(*e.agreement[3], sep="\n")
    if a.write:
        page = Path(a.write)
        before, begin, rest = page.read_text().partition("<!-- table: make eval -->\n")
        _, end, after = rest.partition("<!-- end of table -->")
        page.write_text(before + begin + table + "\n" + end + after)
    return 0


if __name__ == "__main__":
    sys.exit(main())
