#!/usr/bin/env python3
"""Rules of the sources that a machine can check. See CONTRIBUTING.md for the reasons.

  tests/tidy/tidy.py [--root FOLDER]

Each finding is `file:line: rule: what`. Every rule counts as one test in the closing line `N passed, N failed`.
"""
import argparse
import re
import subprocess
import sys
from pathlib import Path

# The layering: a room may include only itself and rooms before it.
ROOMS = ("base", "intel", "formats", "match", "gene", "files", "store", "plans", "attribution", "actors", "exchange", "reports", "publications", "lookup", "feeds", "live", "footprint", "sandbox", "notify",
         "server", "cli")
SERVICES = ROOMS[ROOMS.index("exchange"):ROOMS.index("notify") + 1]

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 600
LONG_FILES = {}       # path → reason
LONG_FUNCTIONS = {}   # path → reason

# Heavy or foreign headers: seconds of compile time a file, or APIs that must stay behind a room's door.
HEAVY_HEADERS = {
    "CLI/": ("src/cli/",), "toml++/": ("src/formats/", "src/match/", "src/publications/", "src/plans/", "src/notify/settings.cpp", "src/cli/"), "simdjson.h": ("src/base/include/mozu/base/json_read.hpp", "src/exchange/tests/", "src/formats/", "src/match/", "src/gene/", "src/attribution/", "src/actors/", "src/reports/", "src/publications/", "src/plans/", "src/lookup/", "src/server/"),
    "cmark-gfm": ("src/publications/markdown.cpp",), "yara.h": ("src/files/cell/yara.cpp",), "unicorn/": ("src/files/unpacker/machine.hpp",), "tlsh.h": ("src/files/cell/fuzzy.cpp",), "fuzzy.h": ("src/files/cell/fuzzy.cpp",), "archive": ("src/base/", "src/files/cell/archive.cpp"), "pugixml.hpp": ("src/formats/", "src/match/", "src/files/cell/"), "re2/": ("src/formats/",), "openssl/": ("src/base/", "src/attribution/vault.cpp", "src/files/cell/certificates.cpp", "src/files/cell/sevenzip.cpp", "src/notify/message.cpp", "src/server/"),
    "curl/": ("src/notify/transport.cpp", "src/exchange/fetch.cpp"),
    "boost/": ("src/server/listener.cpp", "src/server/request_parser.hpp", "src/server/fetch.cpp", "src/server/tls.cpp"), "cjose/": ("src/server/",), "argon2.h": ("src/server/",),
    "unicode/": ("src/intel/", "src/actors/", "src/reports/", "src/files/", "src/publications/"), "libpsl.h": ("src/intel/",), "xxhash.h": ("src/base/",),
    "sqlite3.h": ("src/store/",), "maxminddb.h": ("src/lookup/",), "libpq-fe.h": ("src/store/", "tests/support/"), "zstd.h": ("src/base/", "src/store/", "src/server/"),
}
# Private headers that may include one, for the few .cpp files behind them.
HEAVY_PRIVATE_HEADERS = {
    "src/files/unpacker/machine.hpp": "the machine over Unicorn, for the .cpp files of that program",
    "src/server/request_parser.hpp": "the parser of requests over Beast, for the one .cpp file of sockets",
    "src/base/include/mozu/base/json_read.hpp": "the one wrapper of simdjson, for .cpp files of the rooms that may include it",
    "src/formats/xml_document.hpp": "the one wrapper of pugixml for the XML readers",
}
HEADERS_BANNED_IN_HEADERS = ("iostream", "ostream", "istream", "sstream", "fstream", "iomanip", "regex", "ranges")

BANNED = (  # (pattern, where it holds, why)
    (r"\bstd::(basic_)?regex\b|#include <regex>", "src fuzz bench", "std::regex is slow and recursive: RE2"),
    (r"\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|mktemp|tmpnam|alloca)\s*\(", "src fuzz bench", "no bound, or not re-entrant"),
    (r"(?<![\w.>:])(std::|::)?(system|popen)\s*\(", "src fuzz bench", "no shell"),
    (r"(?<![\w.>:])(std::)?(rand|srand)\s*\(", "src fuzz bench", "use <random> with a fixed seed"),
    (r"(?<![\w.>:])(std::)?(atoi|atol|atof|strtod|localtime|gmtime|asctime|ctime|setlocale)\s*\(", "src fuzz bench",
     "depends on locale or hidden state: base/text.hpp, base/time.hpp"),
    (r"\busing\s+namespace\s+std\s*;", "src fuzz bench", "names collide"),
    (r"\bsleep_for\b|(?<![\w.>:])u?sleep\s*\(", "src/*/tests", "tests wait for a condition, never for time"),
    (r"\bsleep_for\b", "src", "wait for a condition, not for time"),
    (r"\bstd::(cout|cerr|cin)\b", "src", "output goes through fmt and a sink"),
    (r"\b(TODO|FIXME|XXX|HACK)\b", "src fuzz bench tests scripts setup cmake docs", "do it, or write an issue"),
    (r"\bDISABLED_\w+|\bGTEST_SKIP\(\)\s*;", "src", "no disabled tests; a skip says why"),
)
# A catch-all hides mistakes; it is right only where foreign code may throw anything and a thread or the program would end.
CATCH_ALL_ALLOWED = {
    "src/cli/main.cpp": "the last resort: says what happened and exits",
}
MACHINE_PATH = re.compile(r"(?<![\w.<-])/(home|root|work|Users)/[\w.-]+|(?<![\w.<-])/tmp/[\w.-]+")
MACHINE_PATH_ALLOWED = ("examples/", "tests/golden/", "fuzz/corpus/", "tests/tidy/test_tidy.py")
BYTES_AS_THEY_ARE = ("examples/", "tests/golden/", "fuzz/corpus/")
BINARY_SUFFIXES = {".png", ".webp", ".gz", ".zst", ".xz", ".bz2", ".zip", ".mzi", ".bin"}


class Tree:
    """The files under judgement, read once."""

    def __init__(self, root):
        self.root = root
        listed = subprocess.run(["git", "-C", str(root), "ls-files", "-co", "--exclude-standard", "-z"],
                                capture_output=True, text=True, check=False)
        if listed.returncode == 0 and listed.stdout:
            names = listed.stdout.split("\0")
        else:
            names = [str(p.relative_to(root)) for p in root.rglob("*") if ".git" not in p.parts]
        self.names = sorted(n for n in set(names) if n and not n.startswith("build/") and (root / n).is_file())
        self._bytes, self._code = {}, {}

    def bytes(self, name):
        if name not in self._bytes:
            self._bytes[name] = (self.root / name).read_bytes()
        return self._bytes[name]

    def text(self, name):
        return self.bytes(name).decode("utf-8", "replace")

    def code(self, name):
        """The text with comments and the insides of literals blanked; lines keep their numbers."""
        if name not in self._code:
            self._code[name] = blank_comments_and_literals(self.text(name))
        return self._code[name]

    def cpp(self, *folders):
        return [n for n in self.names if n.endswith((".cpp", ".hpp", ".h")) and
                (not folders or any(n.startswith(f) for f in folders))]

    def in_places(self, places):
        for place in places.split():
            pattern = re.compile(re.escape(place).replace(r"\*", "[^/]+") + "/")
            for name in self.names:
                if pattern.match(name):
                    yield name


LEXEME = re.compile(r"""
    //[^\n]* | /\*.*?\*/ |
    R"(?P<d>[^()\s\\]{0,16})\(.*?\)(?P=d)" |
    "(?:[^"\\\n]|\\.)*" | (?<![0-9a-fA-F])'(?:[^'\\\n]|\\.)+'
""", re.S | re.X)


def blank_comments_and_literals(text):
    def blank(found):
        piece = found.group(0)
        if piece.startswith('"') and is_include(text, found.start()):
            return piece
        kept = piece[0] + piece[-1] if piece[0] in "\"'" else ""
        inner = re.sub(r"[^\n]", " ", piece)
        return kept[:1] + inner[1:-1] + kept[1:] if kept else inner
    return LEXEME.sub(blank, text)


def is_include(text, at):
    return text[text.rfind("\n", 0, at) + 1:at].strip().startswith("#include")


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def room_of(name):
    found = re.match(r"src/(\w+)/", name)
    return found.group(1) if found else None


def rule_layering(tree):
    """a room includes only itself and rooms before it; service rooms do not include one another"""
    for name in tree.cpp("src/"):
        room = room_of(name)
        if room not in ROOMS:
            yield name, 1, f"no such room: {room} (tests/tidy/tidy.py lists them in order)"
            continue
        allowed = ROOMS[:ROOMS.index(room) + 1]
        if room in SERVICES:
            allowed = tuple(r for r in allowed if r not in SERVICES or r == room)
        for number, line in enumerate(tree.code(name).splitlines(), 1):
            found = re.match(r'\s*#\s*include\s*["<](?:\.\./)*(?:src/)?mozu/(\w+)/', line)
            if found and found.group(1) not in allowed:
                yield name, number, f"{room} must not include {found.group(1)}"
            if re.match(r'\s*#\s*include\s*".*\.\./', line):
                yield name, number, "include by the room's path, not by ../"


def rule_private_headers(tree):
    """a header outside include/ is seen by its own room only"""
    private = {}
    for name in tree.cpp("src/"):
        if name.endswith(".hpp") and "/include/" not in name:
            private.setdefault(name.split("/")[-1], set()).add(room_of(name))
    for name in tree.cpp("src/"):
        for number, line in enumerate(tree.code(name).splitlines(), 1):
            found = re.match(r'\s*#\s*include\s*"src/(\w+)/', line)
            if found and found.group(1) != room_of(name):
                yield name, number, f"reaches into the private part of {found.group(1)}"


def rule_banned(tree):
    """no banned call or word"""
    for pattern, places, why in BANNED:
        expression = re.compile(pattern)
        words = "TODO" in pattern
        for name in tree.in_places(places):
            if name.startswith("tests/tidy/") or Path(name).suffix in BINARY_SUFFIXES:
                continue
            if not words and not name.endswith((".cpp", ".hpp", ".h")):
                continue
            if words and name.startswith(BYTES_AS_THEY_ARE):
                continue
            text = tree.text(name) if words else tree.code(name)
            for found in expression.finditer(text):
                yield name, line_of(text, found.start()), f"`{found.group(0).strip()}`: {why}"


def rule_catch_all(tree):
    """catch (...) only in the listed places"""
    for name in tree.cpp("src/"):
        if name in CATCH_ALL_ALLOWED or "/tests/" in name:
            continue
        text = tree.code(name)
        for found in re.finditer(r"\bcatch\s*\(\s*\.\.\.\s*\)", text):
            yield name, line_of(text, found.start()), "catch what the library throws, by its type"


def rule_headers(tree):
    """no heavy header in a header, none outside its room; no streams in headers"""
    for name in tree.cpp("src/", "fuzz/"):
        for number, line in enumerate(tree.code(name).splitlines(), 1):
            found = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
            if not found:
                continue
            header = found.group(1)
            if name.endswith((".hpp", ".h")) and "/tests/" not in name and header in HEADERS_BANNED_IN_HEADERS:
                yield name, number, f"<{header}> in a header"
            for heavy, homes in HEAVY_HEADERS.items():
                if header.startswith(heavy):
                    if name.endswith((".hpp", ".h")) and name not in HEAVY_PRIVATE_HEADERS:
                        yield name, number, f"<{header}> only in .cpp files"
                    elif not name.startswith(homes):
                        yield name, number, f"<{header}> belongs to {', '.join(homes)}"


# What a source names → the header that it includes itself. A precompiled header hides that one is missing until another build trips over it.
OWN_INCLUDES = {
    r"\bfmt::": r"<fmt/\w+\.h>",
    r"\bstd::ranges::(sort|stable_|find|any_of|all_of|none_of|count|max|min|copy|unique|equal|lower_|upper_|reverse|transform|for_each|remove)": "<algorithm>",
}


def rule_own_includes(tree):
    """a source includes what it names, for the libraries listed"""
    for name in tree.cpp("src/", "fuzz/", "bench/"):
        code = tree.code(name)
        for named, header in OWN_INCLUDES.items():
            found = re.search(named, code)
            if name.endswith(".cpp") and found and not re.search(r"^#include " + header, code, re.M):
                yield name, line_of(code, found.start()), f"{found.group(0)} without #include {header}"


def function_bodies(code):
    """(first line, last line, name) of each function: a `{` after `)` at class or namespace level."""
    depth_kinds, start = [], None
    statement_from, at = 0, 0
    for at, char in enumerate(code):
        if char == "{":
            head = code[statement_from:at]
            inside = any(kind == "function" for kind in depth_kinds)
            kind = "function" if not inside and is_function_head(head) else "other"
            if kind == "function":
                start = (statement_from + len(head) - len(head.lstrip()), head)
            depth_kinds.append(kind)
            statement_from = at + 1
        elif char == "}":
            if depth_kinds and depth_kinds.pop() == "function":
                yield line_of(code, start[0]), line_of(code, at), name_of(start[1])
            statement_from = at + 1
        elif char == ";" and not any(kind == "function" for kind in depth_kinds):
            statement_from = at + 1


def is_function_head(head):
    head = re.sub(r"^\s*#.*$", "", head, flags=re.M)
    if re.search(r"^\s*(class|struct|union|enum|namespace)\b(?!.*\))", head.strip(), re.S) or "(" not in head:
        return False
    return not re.search(r"=\s*$", head)


def name_of(head):
    found = re.search(r"([\w:~]+)\s*\(", head)
    return found.group(1) if found else "function"


def rule_function_length(tree):
    """functions of at most 70 lines"""
    for name in tree.cpp("src/", "fuzz/", "bench/"):
        if name in LONG_FUNCTIONS:
            continue
        for first, last, function in function_bodies(tree.code(name)):
            if last - first + 1 > FUNCTION_LINES_MAX:
                yield name, first, f"{function} has {last - first + 1} lines (at most {FUNCTION_LINES_MAX})"


def rule_file_length(tree):
    """files of at most 600 lines"""
    for name in tree.names:
        if name.endswith((".cpp", ".hpp", ".py", ".sh")) and name not in LONG_FILES:
            lines = tree.text(name).count("\n")
            if lines > FILE_LINES_MAX:
                yield name, lines, f"{lines} lines (at most {FILE_LINES_MAX})"


def rule_header_comment(tree):
    """every public header begins with a comment and is guarded"""
    for name in tree.cpp("src/"):
        if name.endswith(".hpp") and "/include/" in name:
            if not tree.text(name).startswith("//"):
                yield name, 1, "begins without saying what it is for"
            if "#pragma once" not in tree.text(name):
                yield name, 1, "no #pragma once"


def rule_text(tree):
    """UTF-8, LF ends, a final newline, no tabs (but in samples of pages), no trailing blanks"""
    for name in tree.names:
        if name.startswith(BYTES_AS_THEY_ARE) or Path(name).suffix in BINARY_SUFFIXES:
            continue
        raw = tree.bytes(name)
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            yield name, 1, "not UTF-8"
            continue
        if "\r" in text:
            yield name, line_of(text, text.index("\r")), "CR"
        if text and not text.endswith("\n"):
            yield name, text.count("\n") + 1, "no newline at the end"
        tabs_belong = name == "Makefile" or name.endswith((".tsv", ".md")) or "/testdata/" in name
        for number, line in enumerate(text.split("\n"), 1):
            if "\t" in line and not tabs_belong:
                yield name, number, "tab"
            if line != line.rstrip(" " if tabs_belong else " \t"):
                yield name, number, "trailing blanks"


def rule_machine_paths(tree):
    """no path of somebody's machine"""
    for name in tree.names:
        if name.startswith(MACHINE_PATH_ALLOWED) or Path(name).suffix in BINARY_SUFFIXES:
            continue
        text = tree.text(name)
        for found in MACHINE_PATH.finditer(text):
            yield name, line_of(text, found.start()), found.group(0)


def rule_dependencies(tree):
    """every dependency that CMake looks for, and every package that setup installs, is explained in docs/dependencies.md"""
    explained = tree.text("docs/dependencies.md").lower() if "docs/dependencies.md" in tree.names else ""
    for name in tree.names:
        if re.fullmatch(r"setup/\w+\.packages", name):
            for number, line in enumerate(tree.text(name).splitlines(), 1):
                package = line.partition("/")[0]  # the rest: the suite it is from
                if package and not package.startswith("#") and not re.search(rf"(?<![\w+-]){re.escape(package)}(?![\w+-])", explained):
                    yield name, number, f"{package} is not in docs/dependencies.md"
    cmake = "cmake/MozuDependencies.cmake"
    if cmake not in tree.names:
        return
    for number, line in enumerate(tree.text(cmake).splitlines(), 1):
        found = re.match(r"\s*find_package\(([\w-]+)", line)
        modules = [found.group(1)] if found else []
        found = re.match(r"\s*pkg_check_modules\(([^)]*)\)", line)
        if found:
            modules = [w for w in found.group(1).split()[1:] if w == w.lower()]
        for module in modules:
            if module not in ("PkgConfig", "Threads") and not re.search(rf"`{re.escape(module.lower())}`", explained):
                yield cmake, number, f"{module} is not in docs/dependencies.md"


def rule_links(tree):
    """links between the project's own pages lead somewhere"""
    for name in tree.names:
        if not name.endswith(".md"):
            continue
        text = tree.text(name)
        for found in re.finditer(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", text):
            if not (tree.root / name).parent.joinpath(found.group(1)).exists():
                yield name, line_of(text, found.start()), f"no {found.group(1)}"


def rule_map(tree):
    """docs/README.md leads to every page, and every room says what it is for"""
    if "docs/README.md" in tree.names:
        for name in tree.names:
            if re.fullmatch(r"docs/[^/]+\.md", name) and name != "docs/README.md":
                if f"]({name.removeprefix('docs/')})" not in tree.text("docs/README.md"):
                    yield "docs/README.md", 1, f"does not lead to {name}"
        for room in ROOMS:
            if f"src/{room}/CMakeLists.txt" in tree.names and f"src/{room}/README.md" not in tree.names:
                yield f"src/{room}/CMakeLists.txt", 1, "the room has no README.md"


RULES = [rule_layering, rule_private_headers, rule_banned, rule_catch_all, rule_headers, rule_own_includes, rule_function_length,
         rule_file_length, rule_header_comment, rule_text, rule_machine_paths, rule_dependencies, rule_links,
         rule_map]


def main():
    parser = argparse.ArgumentParser(description="rules of the sources")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent.parent)
    tree = Tree(parser.parse_args().root.resolve())
    failed = 0
    for rule in RULES:
        findings = list(rule(tree))
        failed += bool(findings)
        for name, line, what in findings:
            print(f"{name}:{line}: {rule.__name__.removeprefix('rule_')}: {what}")
    print(f"{len(RULES) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
