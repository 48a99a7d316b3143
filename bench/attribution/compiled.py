#!/usr/bin/env python3
"""Projects compiled by several compilers at several levels, for tracks C and I: the same source, other code.

  compiled.py CORPUS

Sources are Debian's; all C files of a project that compile without being configured become one object file (C), or one DLL (I) for Windows.
CORPUS/compiled.tsv: file, project, compiler, level, version. What is there already is not made again.
"""
import argparse
import concurrent.futures
import os
import re
import shutil
import subprocess
from pathlib import Path

import corpus

# Projects whose C files compile as they are. Folder: where they lie in the source package.
PROJECTS = {
    "lua5.4": "src", "bzip2": ".", "lz4": "lib", "zlib": ".", "libzstd": "lib", "cjson": ".", "duktape": "src", "mujs": ".", "md4c": "src", "zopfli": "src/zopfli",
    "brotli": "c", "xxhash": ".", "utf8proc": ".", "http-parser": ".", "libtommath": ".", "libtomcrypt": "src", "monocypher": "src", "jsmn": ".",
    "minizip": ".", "sqlite3": ".", "mbedtls": "library", "libyaml": "src", "expat": "lib", "picohttpparser": ".", "tinycc": "."}
COMPILERS = ("gcc-11", "gcc-12", "clang-13", "clang-16")
LEVELS = ("O0", "O1", "O2", "O3", "Os")
WINDOWS = ("x86_64-w64-mingw32-gcc", "i686-w64-mingw32-gcc")
SKIPPED = re.compile(r"(^|/)(tests?|testing|examples?|contrib|fuzz\w*|doc|demos?|bench\w*|programs|legacy|msvc|win32|build\w*|\.pc|debian|amiga|os400|vms)(/|$)|(^|/)(test|fuzz|bench|unzcrash|mk251|dlltest|spewG|example|gz(?=fuzz))")


def sources(apt, project, suite, folder):
    """The source tree of a project as a suite has it, or None."""
    target = folder / f"{project}-{suite}"
    if target.exists():
        return target
    work = folder / f"work-{project}-{suite}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        subprocess.run(["apt-get", "source", "-q", "--download-only", f"{project}/{suite}"], cwd=work, env=apt.env, check=True, capture_output=True)
        description = next(work.glob("*.dsc"))
        subprocess.run(["dpkg-source", "--no-check", "--skip-patches", "-x", description.name, target], cwd=work, check=True, capture_output=True)
        (target / "MOZU-VERSION").write_text(re.sub(r"^.*_|\.dsc$", "", description.name))
        return target
    except (subprocess.CalledProcessError, StopIteration) as problem:
        print(f"compiled: {project}/{suite}: {(getattr(problem, 'stderr', b'') or b'')[-200:]!r}")
        return None
    finally:
        shutil.rmtree(work, ignore_errors=True)


def compiled(tree, part, compiler, flags, target, link):
    """All C files that compile, as one file. False: nothing did."""
    base = tree / part
    if not base.is_dir():
        base = tree
    files = [f for f in sorted(base.rglob("*.c")) if not SKIPPED.search(str(f.relative_to(tree)))][:160]
    includes = sorted({str(h.parent) for h in tree.rglob("*.h") if not SKIPPED.search(str(h.relative_to(tree)))})[:40]
    work = target.with_name(target.name + ".work")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    objects = []
    for number, file in enumerate(files):
        made = work / f"{number}.o"
        command = [compiler, *flags, "-w", "-fno-lto", "-c", str(file), "-o", str(made), *(f"-I{i}" for i in includes)]
        if subprocess.run(command, capture_output=True, timeout=300).returncode == 0:
            objects.append(str(made))
    done = bool(objects) and subprocess.run([*link, *objects, "-o", str(target)], capture_output=True).returncode == 0
    if objects and not done and "-shared" in link:  # what does not link together, one by one until it does
        kept = []
        for one in objects:
            if subprocess.run([*link, *kept, one, "-o", str(target)], capture_output=True).returncode == 0:
                kept.append(one)
        done = bool(kept) and subprocess.run([*link, *kept, "-o", str(target)], capture_output=True).returncode == 0
    shutil.rmtree(work)
    return done


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder.resolve()
    apt = corpus.Apt(folder / "apt")
    lines = (folder / "apt/sources.list").read_text()
    (folder / "apt/sources.list").write_text(lines + re.sub(r"^deb ", "deb-src ", lines, flags=re.M))
    if not any((folder / "apt/lists").glob("*Sources*")):
        corpus.run(["apt-get", "update"], apt.env)
    trees, out = folder / "sources", folder / "compiled"
    trees.mkdir(exist_ok=True)
    out.mkdir(exist_ok=True)
    jobs = []
    for project, part in PROJECTS.items():
        tree = sources(apt, project, "bookworm", trees)
        if tree is None:
            continue
        for compiler in COMPILERS:
            jobs += [(tree, project, part, compiler, level, ["-fPIC", f"-{level}"], ["ld", "-r"]) for level in LEVELS]
        for suite in ("bullseye", "bookworm", "trixie", "sid"):
            tree = sources(apt, project, suite, trees)
            if tree is not None:
                jobs += [(tree, project, part, compiler, "O2", ["-O2"], [compiler, "-shared", "-s"]) for compiler in WINDOWS]

    def one(job):
        tree, project, part, compiler, level, flags, link = job
        version = (tree / "MOZU-VERSION").read_text()
        target = out / f"{project}_{version}_{compiler}_{level}"
        failed = target.with_name(target.name + ".none")
        if not target.exists() and not failed.exists() and not compiled(tree, part, compiler, flags, target, link):
            failed.touch()
        return (target.name, project, compiler, level, version) if target.exists() else None

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = sorted(set(filter(None, pool.map(one, jobs))))
    (folder / "compiled.tsv").write_text("".join("\t".join(line) + "\n" for line in found))
    print(f"{len(found)} files of {len({line[1] for line in found})} projects")


if __name__ == "__main__":
    main()
