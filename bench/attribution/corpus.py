#!/usr/bin/env python3
"""The files that attribution is measured on: no malware, but upstream projects of Debian in the versions that its suites hold.

  corpus.py DIR [--families N] [--negatives N] [--goodware N] [--strangers N]

A family is a project; its files are the largest ELF of the same package in each upstream version. Negatives and goodware are largest ELFs of other
packages, of other source packages each: negatives of bookworm, goodware of all suites in turn, since compilers change what code looks like. Strangers are
more negatives, for rates of false positives that 120 files cannot show. DIR/corpus.tsv says what is what: file, role (family, negative, goodware), label, version.
What is there already is not fetched again.
"""
import argparse
import concurrent.futures
import hashlib
import itertools
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
SUITES = ("debian bullseye", "debian bookworm", "debian bookworm-backports", "debian trixie", "debian forky", "debian sid", "debian experimental",
          "debian-security bullseye-security", "debian-security bookworm-security")
FAMILIES = """bash zsh dash tar grep sed gawk mawk lua5.3 sqlite3 git rsync wget nmap tcpdump tmux screen busybox dropbear-bin openssl gpg make redis-server
memcached haproxy socat stunnel4 lighttpd htop less mutt irssi mosquitto dnsmasq-base hostapd iptables nftables iproute2 strace gdbserver perl-base nano
vim-tiny libcurl4 libarchive13 libgcrypt20 libpcre2-8-0 libfreetype6 libharfbuzz0b libxml2 libexpat1 libuv1 zlib1g libpng16-16
libmagic1 libnghttp2-14 libssh2-1 libgmp10 libmpfr6 lftp postfix bc dc ed flex bison m4 patch diffutils findutils gzip bzip2 xz-utils zstd lz4 jq
tinyproxy ngircd unbound nsd tor privoxy squid transmission-cli mpg123 sox""".split()

TURNS = ("bookworm", "trixie", "bullseye", "sid")
EACH = {"stranger": 12}  # files of one package; of all others the largest alone
# What many programs have a copy of.
STATIC = {"libiberty-dev": ("libiberty.a", "libiberty")}
GNULIB = """regex getopt-gnu quotearg hash xalloc argp obstack fts glob fnmatch canonicalize-lgpl getdate parse-datetime human mbrtowc vasnprintf
vasprintf strftime closeout exclude savedir backupfile dfa kwset localeinfo readtokens sha1 sha256 sha512 md5 crc base64 randint xstrtoimax xstrtoumax mktime
getline linebuffer error progname modechange mkdir-p openat copy-file copy-acl tempname mkstemp gettime nstrftime unicodeio uniname/uniname striconv
propername closein argmatch di-set hash-pjw filenamecat fdopendir getloadavg inttostr i-ring physmem posixver stdopen xgetcwd yesno c-stack diffseq
linked-list rbtree-list array-list printf-posix fprintf-posix freadahead gl-list obstack-printf-posix spawn-pipe execute javacomp clean-temp
fatal-signal wait-process propername trim mbswidth linebreak unilbrk/ulc-width-linebreaks unistr/u8-strlen acl utimens userspec"""
# Strangers that have code of a family in them, found among those that came nearest to one, and looked at by hand: role "kin".
KIN = {"lbdb": "reads mail headers with mutt's sources", "jitterentropy-rngd": "the generator that libgcrypt has a copy of", "libdumbnet1": "nmap has a copy of it",
       "libsqlcipher0": "SQLite with encryption", "klibc-utils": "its shell is dash, its gzip is gzip", "kodi-pvr-teleboy": "has a copy of SQLite",
       "arptables": "grown out of iptables", "reaver": "built on wpa_supplicant, as hostapd is", "libcjson1": "mosquitto has a copy of it",
       "libxxhash0": "haproxy has a copy of it", "coreboot-utils": "has a copy of lz4",
       "libnghttp3-3": "nghttp2's functions under another name, by the same people", "ltrace": "libiberty's demangler, as strace has it"}
SECTIONS = "utils net admin web mail sound graphics science math text games libs editors comm hamradio".split()


def run(command, env=None):
    return subprocess.run(command, check=True, capture_output=True, text=True, env=env).stdout


def archives_of_this_machine():
    """"debian" and "debian-security" → where this machine gets them."""
    out = {}
    for line in run(["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)"]).splitlines():
        uri, suite = line.split()
        out.setdefault("debian-security" if suite.endswith("-security") else "debian", uri.rstrip("/"))
    missing = {"debian", "debian-security"} - set(out)
    if missing:
        sys.exit(f"corpus: apt knows no archive for {', '.join(sorted(missing))}: add it to its sources, then `apt-get update`")
    return out


class Apt:
    """A set of package lists of its own, apart from the machine's."""

    def __init__(self, folder):
        self.folder = folder
        for part in ("lists/partial", "cache/archives/partial", "state"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        (folder / "state/status").touch()
        archives = archives_of_this_machine()
        (folder / "sources.list").write_text("".join(
            f"deb [signed-by={KEYRING}] {archives[archive]} {suite} main\n" for archive, suite in map(str.split, SUITES)))
        (folder / "apt.conf").write_text(
            f'Dir::Etc::sourcelist "{folder}/sources.list";\nDir::Etc::sourceparts "-";\nDir::State::lists "{folder}/lists";\n'
            f'Dir::State::status "{folder}/state/status";\nDir::Cache "{folder}/cache";\nAPT::Sandbox::User "root";\nAcquire::Languages "none";\n')
        self.env = {**os.environ, "APT_CONFIG": str(folder / "apt.conf"), "LC_ALL": "C"}
        if not any((folder / "lists").glob("*Packages*")):
            run(["apt-get", "update"], self.env)

        self.packages = {}  # package → version → what its stanza says
        for index, (archive, suite) in enumerate(map(str.split, SUITES)):
            for name in (self.folder / "lists").glob(f"*_{archive}_dists_{suite}_main_binary-*_Packages*"):
                self.read_list(name, archives[archive], suite)

    def read_list(self, name, base, suite):
        for stanza in run(["/usr/lib/apt/apt-helper", "cat-file", str(name)], self.env).split("\n\n"):
            fields = dict(re.findall(r"^(Package|Version|Source|Size|Section|Filename|SHA256): (.*)$", stanza, re.M))
            if "Filename" in fields:
                self.packages.setdefault(fields["Package"], {}).setdefault(fields["Version"], {**fields, "base": base, "suite": suite})

    def versions(self, packages):
        """package → one version for each upstream version, oldest suite first."""
        out = {}
        for package in packages:
            by = {}
            for version in self.packages.get(package, {}):
                by.setdefault(re.sub(r"[-+~](dfsg|ds|really|git).*|-[^-]*$", "", version.split(":")[-1]), version)
            if by:
                out[package] = list(by.values())
        return out

    def version_in(self, package, suite):
        """Of that suite; else of bookworm."""
        by = {fields["suite"]: version for version, fields in self.packages[package].items()}
        return by.get(suite) or by["bookworm"]

    def sources(self):
        """binary package of bookworm → (source package, bytes of its archive)."""
        out = {}
        for package, versions in self.packages.items():
            for fields in versions.values():
                if fields["suite"] == "bookworm" and fields.get("Section") in SECTIONS:
                    out[package] = (fields.get("Source", package).split(" ")[0], int(fields["Size"]))
        return out

    def fetch(self, package, version, target, most=1):
        """The largest ELF files of a package: `target`, then `target.2`, …"""
        work = self.folder / "work" / target.name
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        try:
            fields = self.packages[package][version]
            archive = work / "package.deb"
            run(["/usr/lib/apt/apt-helper", "download-file", f"{fields['base']}/{fields['Filename']}", str(archive), f"SHA256:{fields['SHA256']}"], self.env)
            subprocess.run(["dpkg-deb", "-x", archive, work / "x"], check=True, capture_output=True)
            programs = sorted(((p.stat().st_size, p) for p in (work / "x").rglob("*")
                               if p.is_file() and not p.is_symlink() and p.stat().st_size >= 16_000 and p.open("rb").read(4) == b"\x7fELF"), reverse=True)
            for n, (_, program) in reversed(list(enumerate(programs[:most], start=1))):  # `target` itself last: it says that all are there
                shutil.copyfile(program, target if n == 1 else target.with_name(f"{target.name}.{n}"))
        except (subprocess.CalledProcessError, StopIteration, OSError) as problem:
            print(f"corpus: {package} {version}: {getattr(problem, 'stderr', None) or problem}", file=sys.stderr)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def gnulib(folder):
    """Object files of gnulib, which half of GNU has a copy of: (file, role, label, version)."""
    tree, out = folder / "gnulib", folder / "files"
    version = run(["dpkg-query", "-W", "-f", "${Version}", "gnulib"])
    made = sorted(out.glob("gnulib_*.o"))
    if not made:
        shutil.rmtree(tree, ignore_errors=True)
        run(["gnulib-tool", "--create-testdir", f"--dir={tree}", "--without-tests", "--single-configure", *GNULIB.split()])
        run(["sh", "-c", f"cd '{tree}' && ./configure -q --with-included-regex CFLAGS='-O2 -fno-lto' && make -s -j2"])
        for file in (tree / "gllib").rglob("*.o"):
            shutil.copyfile(file, out / f"gnulib_{file.stem}.o")
        shutil.rmtree(tree)
        made = sorted(out.glob("gnulib_*.o"))
    return [(file.name, "library", "gnulib", version) for file in made]


def static_libraries(folder):
    """Members of static libraries of Debian."""
    lines = []
    for package, (archive, label) in STATIC.items():
        version = run(["dpkg-query", "-W", "-f", "${Version}", package])
        path = next(p for p in run(["dpkg", "-L", package]).splitlines() if p.endswith(archive))
        for member in sorted(set(run(["ar", "t", path]).split())):
            file = folder / "files" / f"{label}_{member}"
            file.write_bytes(subprocess.run(["ar", "p", path, member], check=True, capture_output=True).stdout)
            lines.append((file.name, "library", label, version))
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--families", type=int, default=80)
    parser.add_argument("--negatives", type=int, default=120)
    parser.add_argument("--goodware", type=int, default=240)
    parser.add_argument("--strangers", type=int, default=5200)
    a = parser.parse_args()
    folder = a.folder.resolve()
    apt = Apt(folder / "apt")
    (folder / "files").mkdir(exist_ok=True)
    jobs = []
    for family, versions in apt.versions(FAMILIES[:a.families]).items():
        if len(versions) > 1:
            jobs += [("family", family, family, version) for version in versions]
    sources = apt.sources()
    taken = {sources.get(package, (package, 0))[0] for package in FAMILIES}
    others = {}
    for package, (source, size) in sorted(sources.items()):
        if source not in taken and 20_000 < size < 1_500_000:
            others.setdefault(source, package)
    # By their hash: the same ones each time, and none chosen by hand.
    drawn = sorted(others.values(), key=lambda package: hashlib.sha256(package.encode()).digest())
    wanted = {"negative": a.negatives, "goodware": a.goodware, "stranger": a.strangers}
    lines, counts = [], {}
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        def one(job, most=1):
            role, label, package, version = job
            target = folder / "files" / re.sub(r"[^A-Za-z0-9.+-]", "_", f"{package}_{version}")
            empty = target.with_name(f"{target.name}.none")
            if not target.exists() and not empty.exists():
                apt.fetch(package, version, target, most)
                if not target.exists():
                    empty.touch()
            files = [target, *(target.with_name(f"{target.name}.{n}") for n in range(2, most + 1))]
            return [(file.name, role, label, version) for file in files if file.exists()]
        lines += itertools.chain(*pool.map(one, jobs))
        position = 0
        for role, most in wanted.items():
            while counts.get(role, 0) < most and position < len(drawn):
                batch = drawn[position:position + min(16, most - counts.get(role, 0))]
                position += len(batch)
                found = list(itertools.chain(*pool.map(lambda job: one(job, EACH.get(job[0], 1)), [
                    (role, package, package, apt.version_in(package, TURNS[i % len(TURNS)] if role == "goodware" else "bookworm"))
                    for i, package in enumerate(batch)])))
                counts[role] = counts.get(role, 0) + len(found)
                lines += found
    lines = [(name, "kin" if role == "stranger" and label in KIN else role, label, version) for name, role, label, version in lines]
    lines += gnulib(folder) + static_libraries(folder)
    (folder / "corpus.tsv").write_text("".join("\t".join(line) + "\n" for line in lines))
    families = {line[2] for line in lines if line[1] == "family"}
    print(f"{sum(line[1] == 'family' for line in lines)} files of {len(families)} families, "
          + ", ".join(f"{counts.get(role, 0)} {role}" for role in wanted) + f", {sum(line[1] == 'library' for line in lines)} of libraries")


if __name__ == "__main__":
    main()
