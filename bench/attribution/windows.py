#!/usr/bin/env python3
"""The files that track I is measured on: Windows programs and libraries that Debian holds, built by mingw-w64, of 32 and of 64 bits.

  windows.py DIR

A family is a file name and a width: the DLLs of Wine, of GCC's runtime and of GnuPG's libraries, GDB's server, and a few more; files of one source are one
family, the largest of a version stands for it. Those without code are left out (Wine 5 in Debian has its code elsewhere). DIR/32 and DIR/64 are as corpus.py writes
them; there are neither strangers nor clean files. All are stripped.
"""
import argparse
import collections
import concurrent.futures
import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path

from corpus import Apt, run

PACKAGES = """gzip-win32 cpio-win32 libz-mingw-w64 libgcrypt-mingw-w64-dev libassuan-mingw-w64-dev libgpg-error-mingw-w64-dev
libksba-mingw-w64-dev libnpth-mingw-w64-dev gdb-mingw-w64-target gcc-mingw-w64-i686-posix-runtime gcc-mingw-w64-x86-64-posix-runtime
libwine""".split()
SIZE_LEAST, FILES_OF_A_PACKAGE = 40_000, 80
CODE_LEAST = 16_000
# Built from the same sources.
ONE = {"libgcrypt": "hmac dumpsexp mpicalc", "libgpg-error": "gpg-error yat2m", "gdbserver": "gdbreplay", "msvcrt": "msvcr ucrtbase msvcrtd crtdll",
       "xaudio2": "xactengine2 xactengine3"}
FAMILY_OF = {name: family for family, names in ONE.items() for name in names.split()}
WIDTHS = {0x14C: "32", 0x8664: "64"}


def width(path):
    data = path.open("rb").read(4096)
    if data[:2] != b"MZ" or len(data) < 0x40:
        return None
    at = struct.unpack_from("<I", data, 0x3C)[0]
    if at + 6 > len(data) or data[at:at + 4] != b"PE\0\0":
        return None
    return WIDTHS.get(struct.unpack_from("<H", data, at + 4)[0])


def code_bytes(path):
    data = path.read_bytes()
    at = struct.unpack_from("<I", data, 0x3C)[0]
    count, optional = struct.unpack_from("<H", data, at + 6)[0], struct.unpack_from("<H", data, at + 20)[0]
    sections = (struct.unpack_from("<8sIIIIIIHHI", data, at + 24 + optional + 40 * i) for i in range(count))
    return sum(s[3] for s in sections if s[9] & 0x20)


def files_of(apt, package, version, folder):
    """(label, version, file) of all Windows programs in a package."""
    work = apt.folder / "work" / f"{package}_{version}".replace(":", "_")
    done = folder / "done" / work.name
    if not done.exists():
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        fields = apt.packages[package][version]
        try:
            archive = work / "package.deb"
            run(["/usr/lib/apt/apt-helper", "download-file", f"{fields['base']}/{fields['Filename']}", str(archive), f"SHA256:{fields['SHA256']}"], apt.env)
            subprocess.run(["dpkg-deb", "-x", archive, work / "x"], check=True, capture_output=True)
        except subprocess.CalledProcessError as problem:
            print(f"windows: {package} {version}: {problem.stderr}", file=sys.stderr)
            return []
        found = sorted((p for p in (work / "x").rglob("*") if p.is_file() and not p.is_symlink() and p.stat().st_size >= SIZE_LEAST and width(p)),
                       key=lambda p: (-p.stat().st_size, p.name))
        kept, lines = collections.Counter(), []
        for p in found:
            label = re.sub(r"[-_]?\d+$", "", p.name.rsplit(".", 1)[0].lower()) + "-" + width(p)
            if kept[label] or len(lines) == FILES_OF_A_PACKAGE:
                continue
            kept[label] += 1
            target = folder / "files" / re.sub(r"[^A-Za-z0-9.+-]", "_", f"{label}_{package}_{version}")
            shutil.copyfile(p, target)
            target.chmod(0o644)
            subprocess.run([("x86_64" if width(p) == "64" else "i686") + "-w64-mingw32-strip", str(target)], capture_output=True)
            lines.append(f"{target.name}\t{label}")
        shutil.rmtree(work)
        done.write_text("\n".join(lines))
    return [(line.split("\t")[1], version, line.split("\t")[0]) for line in done.read_text().splitlines()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder.resolve()
    for part in ("files", "done"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    apt = Apt(folder / "apt")
    jobs = [(package, version) for package, versions in apt.versions(PACKAGES).items() for version in versions]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        found = [line for lines in pool.map(lambda job: files_of(apt, *job, folder), jobs) for line in lines]
    largest = {}  # (family, version) → bytes of code, file
    for label, version, name in found:
        stem, bits = label.rsplit("-", 1)
        code = code_bytes(folder / "files" / name)
        if code >= CODE_LEAST:
            key = (f"{FAMILY_OF.get(stem, stem)}-{bits}", re.sub(r"-[^-]*$", "", version))
            largest[key] = max(largest.get(key, (0, "")), (code, name))
    counts = collections.Counter(label for label, _ in largest)
    lines = [f"{name}\tfamily\t{label}\t{version}\n" for (label, version), (_, name) in largest.items() if counts[label] > 1]
    # A corpus for each width: a program has the strings of its other width, and would be taken for it.
    for bits in WIDTHS.values():
        part = folder / bits
        part.mkdir(exist_ok=True)
        if not (part / "files").exists():
            (part / "files").symlink_to(folder / "files")
        own = [line for line in lines if line.split("\t")[2].endswith("-" + bits)]
        (part / "corpus.tsv").write_text("".join(own))
        print(f"{bits} bits: {len(own)} files of {len({line.split(chr(9))[2] for line in own})} families")


if __name__ == "__main__":
    main()
