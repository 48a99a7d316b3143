#!/usr/bin/env python3
"""The files that track C is measured on: small C projects of Debian built by gcc and clang at five levels of optimisation.

  compilers.py DIR

DIR/corpus.tsv says what is what: file, how it was built ("gcc-O2"), project, version. What is there already is not built again. The programs are shared
objects without symbols of their own, so that nothing but what is exported says where functions begin.
"""
import argparse
import concurrent.futures
import itertools
import os
import re
import shutil
import subprocess
from pathlib import Path

from corpus import KEYRING, archives_of_this_machine, run

COMPILERS, LEVELS = {"gcc": "gcc", "clang": "clang-19"}, ("O0", "O1", "O2", "O3", "Os")
# source package: files, flags. No project is configured: each builds from its sources as they are.
PROJECTS = {
    "bzip2": ("blocksort.c huffman.c crctable.c randtable.c compress.c decompress.c bzlib.c", ""),
    "zlib": ("*.c", "-DHAVE_UNISTD_H"),
    "lz4": ("lib/*.c", ""),
    "libzstd": ("lib/common/*.c lib/compress/*.c lib/decompress/*.c", "-DZSTD_DISABLE_ASM=1"),
    "xxhash": ("xxhash.c xxhsum.c cli/*.c", "-I."),
    "brotli": ("c/common/*.c c/dec/*.c c/enc/*.c", "-Ic/include"),
    "libdeflate": ("lib/*.c", "-I."),
    "mujs": ("one.c", ""),
    "cjson": ("cJSON.c cJSON_Utils.c", ""),
    "libtommath": ("*.c", ""),
    "mbedtls": ("library/*.c", "-Iinclude -Ilibrary"),
    "duktape": ("src/duktape.c prep/duktape.c", ""),
    "giflib": ("dgif_lib.c egif_lib.c gifalloc.c gif_err.c gif_font.c gif_hash.c openbsd-reallocarray.c quantize.c", ""),
    "http-parser": ("http_parser.c", ""),
    "libyaml": ("src/*.c", "-Iinclude -DYAML_VERSION_MAJOR=0 -DYAML_VERSION_MINOR=2 -DYAML_VERSION_PATCH=5 -DYAML_VERSION_STRING=\"0.2.5\""),
    "figlet": ("figlet.c zipio.c crc.c inflate.c utf8.c", '-DTLF_FONTS -DDEFAULTFONTDIR="x" -DDEFAULTFONTFILE="y"'),
    "tree": ("*.c", "-D_GNU_SOURCE"),
    "lzo2": ("src/*.c", "-Iinclude -Isrc"),
    "wavpack": ("src/*.c", "-Iinclude"),
    "dos2unix": ("common.c querycp.c dos2unix.c", '-DVER_REVISION="1" -DVER_DATE="2" -DVER_AUTHOR="3" -DDEBUG=0'),
    "utf8proc": ("utf8proc.c", ""),
    "kissfft": ("kiss_fft.c kiss_fftr.c kiss_fftnd.c kiss_fftndr.c kfc.c", "-I."),
}


def fetch(folder):
    """project → its unpacked source; by apt, with package lists of its own."""
    apt = folder / "apt"
    for part in ("lists/partial", "cache/archives/partial", "state"):
        (apt / part).mkdir(parents=True, exist_ok=True)
    (apt / "state/status").touch()
    (apt / "sources.list").write_text(f"deb-src [signed-by={KEYRING}] {archives_of_this_machine()['debian']} bookworm main\n")
    (apt / "apt.conf").write_text(
        f'Dir::Etc::sourcelist "{apt}/sources.list";\nDir::Etc::sourceparts "-";\nDir::State::lists "{apt}/lists";\nDir::State::status "{apt}/state/status";\n'
        f'Dir::Cache "{apt}/cache";\nAPT::Sandbox::User "root";\nAcquire::Languages "none";\n')
    env = {**os.environ, "APT_CONFIG": str(apt / "apt.conf"), "LC_ALL": "C"}
    if not any((apt / "lists").glob("*Sources*")):
        run(["apt-get", "update"], env)
    out = {}
    for project in PROJECTS:
        where = folder / "sources" / project
        if not where.is_dir():
            where.mkdir(parents=True)
            if subprocess.run(["apt-get", "source", "--only-source", project], cwd=where, env=env, capture_output=True).returncode != 0:
                print(f"compilers: no source of {project}", flush=True)
        trees = [p for p in where.iterdir() if p.is_dir()]
        if trees:
            out[project] = trees[0]
    return out


def build(project, tree, compiler, level, target):
    files, flags = PROJECTS[project]
    sources = sorted({str(p.relative_to(tree)) for pattern in files.split() for p in tree.glob(pattern)})
    objects = []
    with_flags = [COMPILERS[compiler], f"-{level}", "-w", "-fPIC", "-std=gnu11", *[f.replace("'", "") for f in re.findall(r"(?:[^\s\"']|\"[^\"]*\"|'[^']*')+", flags)]]
    work = target.with_name(target.name + ".work")
    work.mkdir(exist_ok=True)
    for n, source in enumerate(sources):  # what does not build by itself is left out; the same by all compilers
        if subprocess.run([*with_flags, "-c", source, "-o", str(work / f"{n}.o")], cwd=tree, capture_output=True).returncode == 0:
            objects.append(str(work / f"{n}.o"))
    if objects and subprocess.run(["gcc", "-shared", "-Wl,-z,muldefs", "-o", str(target), *objects], capture_output=True).returncode == 0:
        subprocess.run(["strip", str(target)], check=True)
    shutil.rmtree(work)
    return len(objects), len(sources)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder.resolve()
    (folder / "files").mkdir(parents=True, exist_ok=True)
    trees = fetch(folder)
    jobs = list(itertools.product(trees, COMPILERS, LEVELS))

    def one(job):
        project, compiler, level = job
        target = folder / "files" / f"{project}_{compiler}-{level}"
        if not target.exists():
            built = build(project, trees[project], compiler, level, target)
            if (compiler, level) == ("gcc", "O0"):
                print(f"{project}: {built[0]} of {built[1]} sources", flush=True)
        return target
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        made = {job: target for job, target in zip(jobs, pool.map(one, jobs)) if target.exists() and target.stat().st_size > 16_000}
    whole = [p for p in trees if all((p, c, l) in made for c in COMPILERS for l in LEVELS)]
    lines = [(made[j].name, f"{j[1]}-{j[2]}", j[0], trees[j[0]].name) for j in jobs if j[0] in whole]
    (folder / "corpus.tsv").write_text("".join("\t".join(line) + "\n" for line in lines))
    print(f"{len(lines)} files of {len(whole)} projects")


if __name__ == "__main__":
    main()
