#!/usr/bin/env python3
"""Track H: scripts whose names are changed, whose literals are others, and whose comments are gone. Whose are they?

  scripts.py MOZU WORK

JavaScript are packages of npm, rewritten by terser and acorn; PowerShell are the modules of Ansible; Basic are the macros of LibreOffice, a dialect next to
VBA. Every second script is a stranger: it is not in the index, and counts as a mistake where somebody is named. Asked about are the version that the index
has and, where there is one, a later version, each rewritten.
"""
import argparse
import collections
import html
import json
import random
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

NPM = """lodash@4.17.15,4.17.21 jquery@3.5.0,3.7.1 moment@2.24.0,2.30.1 async@3.2.0,3.2.5 underscore@1.12.0,1.13.7 backbone@1.4.0,1.6.0 express@4.17.1,4.21.0
handlebars@4.7.0,4.7.8 mustache@4.0.0,4.2.0 marked@4.0.0,4.3.0 uglify-js@3.10.0,3.19.3 commander@6.0.0,12.1.0 yargs@15.0.0,17.7.2 chalk@4.0.0,4.1.2
semver@7.3.0,7.6.3 glob@7.1.6,7.2.3 minimatch@3.0.4,3.1.2 ws@7.2.0,8.18.0 qs@6.9.0,6.13.0 mime@2.4.0,2.6.0 debug@4.1.0,4.3.7 bluebird@3.7.0,3.7.2 q@1.5.0,1.5.1
request@2.88.0,2.88.2 jszip@3.2.0,3.10.1 d3@5.16.0,5.16.0 three@0.120.0,0.125.0 chart.js@2.9.0,2.9.4 mathjs@7.0.0,7.6.0 immutable@4.0.0,4.3.7 rxjs@6.5.0,6.6.7
redux@4.0.0,4.2.1 vue@2.6.10,2.7.16 react@16.12.0,17.0.2 preact@8.5.0,8.5.3 knockout@3.5.0,3.5.1 ejs@3.1.0,3.1.10 pug@2.0.0,2.0.4 nunjucks@3.2.0,3.2.4
showdown@1.9.0,2.1.0 highlight.js@9.18.0,9.18.5 prismjs@1.20.0,1.29.0 codemirror@5.50.0,5.65.18 leaflet@1.6.0,1.9.4 pako@1.0.10,2.1.0 bn.js@5.1.0,5.2.1
elliptic@6.5.0,6.5.7 hammerjs@2.0.7,2.0.8 sortablejs@1.10.0,1.15.3 dompurify@2.0.0,2.5.7""".split()
ANSIBLE = ("6.0.0", "9.1.0")
SUITES = ("bullseye", "bookworm")


def run(*command, **more):
    return subprocess.run(command, check=True, capture_output=True, text=True, **more).stdout


class Renamer:
    """Names and literals of Basic and PowerShell changed by patterns, which know nothing of how genes are made."""

    def __init__(self, language, seed):
        self.basic, self.dice, self.names = language == "basic", random.Random(seed), {}

    def new(self, name):
        key = name.lower()
        if key not in self.names:
            self.names[key] = "".join(self.dice.choices("abcdefghijklmnopqrstuvwxyz", k=self.dice.randint(3, 9))) + str(self.dice.randint(0, 99))
        return self.names[key]

    def literal(self, _):
        return '"' + "".join(self.dice.choices("abcdefghijklmnopqrstuvwxyz ", k=self.dice.randint(1, 30))) + '"'

    def rewrite(self, text):
        return self.basic_of(text) if self.basic else self.powershell_of(text)

    def basic_of(self, text):
        text = re.sub(r"^\s*(REM\b|').*$", "", text, flags=re.M | re.I)
        text = re.sub(r'^((?:[^"\'\n]|"[^"\n]*")*)\'.*$', r"\1", text, flags=re.M)
        made = set()
        for declared in re.findall(r"^\s*(?:Dim|Static|Private|Public|Global|Const|ReDim)\s+(?!Sub|Function|Property)(.*)$", text, re.M | re.I):
            made |= {n.lower() for n in re.findall(r"(?:^|,)\s*(?:Const\s+|Preserve\s+)?([A-Za-z_]\w*)", declared)}
        for name, arguments in re.findall(r"(?:Sub|Function|Property\s+[GLS]et)\s+(\w+)\s*\(([^)]*)\)?", text, re.I):
            made |= {name.lower()} | {n.lower() for n in re.findall(r"(?:^|,)\s*(?:Optional\s+|ByVal\s+|ByRef\s+|_\s*)*([A-Za-z_]\w*)", arguments)}
        made -= {"as", "string", "integer", "sub", "function", "const", "object", "boolean", "variant", "long"}
        text = re.sub(r'"[^"\n]*"', self.literal, text)
        text = re.sub(r'(?<![.\w"])[A-Za-z_]\w*', lambda m: self.new(m[0]) if m[0].lower() in made else m[0], text)
        return re.sub(r"(?<![\w.])\d+(?![\w.])", lambda _: str(self.dice.randint(0, 9999)), text)

    def powershell_of(self, text):
        text = re.sub(r"<#.*?#>", "", text, flags=re.S)
        text = re.sub(r"^\s*#.*$", "", text, flags=re.M)
        made = {n.lower() for n in re.findall(r"^\s*(?:function|filter)\s+([\w-]+)", text, re.M | re.I)}
        text = re.sub(r"'[^'\n]*'|\"[^\"$\n`]*\"", self.literal, text)
        kept = {"_", "null", "true", "false", "args", "this", "input", "pscmdlet", "psboundparameters", "matches", "error", "lastexitcode"}
        text = re.sub(r"\$(\w+)(?!:)\b", lambda m: m[0] if m[1].lower() in kept else "$" + self.new(m[1]), text)
        text = re.sub(r"(?<![\w$.-])[A-Za-z][\w-]*", lambda m: self.new(m[0]).capitalize() if m[0].lower() in made else m[0], text)
        return re.sub(r"(?<![\w.])\d+(?![\w.])", lambda _: str(self.dice.randint(0, 9999)), text)


def javascript(work):
    """(name, version) → text, of the largest script of each package."""
    out = {}
    for package in NPM:
        name, versions = package.split("@")
        for n, version in enumerate(versions.split(",")):
            archive = work / f"{name.replace('/', '-')}-{version}.tgz"
            if not archive.exists():
                run("npm", "pack", "--silent", f"{name}@{version}", cwd=work)
            with tarfile.open(archive) as tar:
                scripts = [m for m in tar.getmembers() if m.isfile() and m.name.endswith(".js") and ".min." not in m.name and "test" not in m.name and m.size < 2_000_000]
                if scripts:
                    out[name, n] = tar.extractfile(max(scripts, key=lambda m: (m.size, m.name))).read().decode(errors="replace")
    return out


def powershell(work):
    out = {}
    for n, version in enumerate(ANSIBLE):
        archive = work / f"ansible-{version}-py3-none-any.whl"
        if not archive.exists():
            run(sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", f"ansible=={version}", "-d", str(work))
        with zipfile.ZipFile(archive) as members:
            for m in members.infolist():
                if m.filename.endswith(".ps1") and "/plugins/modules/" in m.filename and m.file_size > 2000:
                    out[Path(m.filename).stem, n] = members.read(m).decode(errors="replace")
    return out


def basic(work, corpus):
    apt = corpus.Apt(work / "apt")
    out = {}
    for n, suite in enumerate(SUITES):
        fields = apt.packages["libreoffice-common"][apt.version_in("libreoffice-common", suite)]
        archive, folder = work / f"libreoffice-{suite}.deb", work / f"libreoffice-{suite}"
        if not archive.exists():
            corpus.run(["/usr/lib/apt/apt-helper", "download-file", f"{fields['base']}/{fields['Filename']}", str(archive), f"SHA256:{fields['SHA256']}"], apt.env)
        if not folder.exists():
            run("dpkg-deb", "-x", str(archive), str(folder))
        for file in folder.rglob("*.xba"):
            source = re.search(r"<script:module[^>]*>(.*)</script:module>", file.read_text(errors="replace"), re.S)
            if source and len(source[1]) > 2000:
                out[f"{file.parent.name}-{file.stem}", n] = html.unescape(source[1])
    return out


def measure(mozu, language, scripts, work):
    ending = {"javascript": ".js", "powershell": ".ps1", "basic": ".bas"}[language]
    folder = work / language
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    data = ["--data", str(folder / "data")]
    names = sorted({name for name, n in scripts if n == 0})
    known = names[::2]
    asked = []
    for name in names:
        for n in (0, 1):
            if (name, n) not in scripts:
                continue
            file = folder / f"{name.replace('/', '-')}_{n}{ending}"
            file.write_text(scripts[name, n])
            if n == 0 and name in known:
                run(mozu, "gene", "add", *data, "--malware", name, str(file))
            rewritten = file.with_name(f"{file.stem}_rewritten{ending}")
            try:
                if language == "javascript":
                    run("node", str(Path(__file__).with_name("rewrite.mjs").resolve()), str(file), str(rewritten), cwd=work)
                else:
                    rewritten.write_text(Renamer(language, name).rewrite(scripts[name, n]))
            except subprocess.CalledProcessError as problem:
                print(f"{name}: {problem.stderr[-300:]}", file=sys.stderr)
                continue
            asked.append((name, n, rewritten))
    counts = collections.Counter()
    answers = run(mozu, "attribute", *data, "--json", "--weak", *[str(file) for _, _, file in asked]).splitlines()
    for (name, n, _), line in zip(asked, answers):
        answer = json.loads(line)
        verdicts = answer["verdicts"]
        named = [v["entity"] for v in verdicts if v["named"]]
        kind = ("same", "later")[n] if name in known else "stranger"
        counts[kind] += 1
        if kind == "stranger":
            counts["mistaken"] += bool(named)
            if named:
                print(f"{language}: stranger {name} {n} taken for {named} {verdicts[0]['confidence']:.3f}", file=sys.stderr)
            continue
        counts[kind, "first"] += bool(verdicts) and verdicts[0]["entity"] == name
        counts[kind, "named"] += name in named
        if name not in named:
            print(f"{language}: {name} {n} not named: {[(v['entity'], round(v['confidence'], 3)) for v in verdicts[:2]]} {answer['kind']}", file=sys.stderr)
    print(f"| {language} | " + " | ".join(f"{counts[k, 'first']}/{counts[k]} | {counts[k, 'named']}/{counts[k]}" for k in ("same", "later"))
          + f" | {counts['mistaken']}/{counts['stranger']} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mozu")
    parser.add_argument("work", type=Path)
    parser.add_argument("languages", nargs="*", default=["javascript", "powershell", "basic"])
    a = parser.parse_args()
    mozu, work = str(Path(a.mozu).resolve()), a.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    import corpus  # beside this file
    print("| H: scripts rewritten | same version: nearest | named | later version: nearest | named | strangers named |\n|---|---|---|---|---|---|")
    for language in a.languages:
        if language == "javascript":
            if not (work / "node_modules").exists():
                run("npm", "install", "--silent", "--prefix", str(work), "terser@5.36.0", "acorn@8.14.0")
            scripts = javascript(work)
        else:
            scripts = powershell(work) if language == "powershell" else basic(work, corpus)
        measure(mozu, language, scripts, work)


if __name__ == "__main__":
    main()
