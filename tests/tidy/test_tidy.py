#!/usr/bin/env python3
"""The tidy test's own tests: each rule must see what is planted, and must not see what only looks like it."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TIDY = Path(__file__).resolve().parent / "tidy.py"
HEADER = "// What it is for.\n#pragma once\n"


class Tidy(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = Path(scratch.name)

    def plant(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def findings(self):
        run = subprocess.run([sys.executable, str(TIDY), "--root", str(self.root)], capture_output=True, text=True)
        lines = run.stdout.splitlines()
        self.assertRegex(lines[-1], r"^\d+ passed, \d+ failed$", run.stderr)
        self.assertEqual(run.returncode != 0, len(lines) > 1)
        return lines[:-1]

    def assert_found(self, *expected):
        """Each expected `file:line: rule` is found, and nothing else."""
        found = [": ".join(line.split(": ")[:2]) for line in self.findings()]
        self.assertEqual(sorted(found), sorted(expected))

    def test_layering(self):
        self.plant("src/intel/a.cpp", '#include "mozu/base/text.hpp"\n#include "mozu/match/index.hpp"\n')
        self.plant("src/base/b.cpp", "#include <mozu/intel/url.hpp>\n")
        self.plant("src/cli/c.cpp", '#include "mozu/match/index.hpp"\n#include "mozu/formats/feed.hpp"\n')
        self.plant("src/intel/d.cpp", '// #include "mozu/cli/x.hpp"\n#include "../base/utf8.hpp"\n')
        self.plant("src/lookup/e.cpp", '#include "mozu/store/store.hpp"\n#include "mozu/reports/extract.hpp"\n')
        self.assert_found("src/intel/a.cpp:2: layering", "src/base/b.cpp:1: layering", "src/intel/d.cpp:2: layering", "src/lookup/e.cpp:2: layering")

    def test_unknown_room(self):
        self.plant("src/attic/a.cpp", "int a;\n")
        self.assert_found("src/attic/a.cpp:1: layering")

    def test_private_headers(self):
        self.plant("src/base/utf8.hpp", HEADER)
        self.plant("src/match/a.cpp", '#include "src/base/utf8.hpp"\n')
        self.assert_found("src/match/a.cpp:1: private_headers")

    def test_banned_calls(self):
        self.plant("src/base/a.cpp", "void f(char* p) {\n  strcpy(p, p);\n  std::regex r;\n  ::system(p);\n  popen(p, p);\n"
                   "  rand();\n  sprintf(p, p);\n  std::cout << p;\n}\nusing namespace std;\n")
        self.assert_found(*(f"src/base/a.cpp:{line}: banned" for line in (2, 3, 4, 5, 6, 7, 8, 10)))

    def test_only_looks_banned(self):
        self.plant("src/base/a.cpp", '// strcpy(a, b); std::regex\nconst char* s = "rand() system(\\"x\\")";\n'
                   "/* using namespace std; */\nvoid f() { file.system(1); operating_system(2); brand(); snprintf(p, 1, q); }\n"
                   "using namespace std::literals;\nconst char* r = R\"x(gets(s) \" std::cin)x\";\nint n = 1'000'000;\n")
        self.assert_found()

    def test_sleep(self):
        self.plant("src/base/tests/a.cpp", "void f() {\n  usleep(3);\n}\n")
        self.plant("src/base/b.cpp", "void f() { std::this_thread::sleep_for(x); }\n")
        self.assert_found("src/base/tests/a.cpp:2: banned", "src/base/b.cpp:1: banned")

    def test_words(self):
        self.plant("src/base/a.cpp", "// TO" "DO: later\nint fixme;\n")
        self.plant("docs/page.md", "FIX" "ME\n")
        self.assert_found("src/base/a.cpp:1: banned", "docs/page.md:1: banned")

    def test_disabled_tests(self):
        self.plant("src/base/tests/a.cpp", "TEST(A, DISABLED_b) {\n  GTEST_SKIP();\n  GTEST_SKIP() << why;\n}\n")
        self.assert_found("src/base/tests/a.cpp:1: banned", "src/base/tests/a.cpp:2: banned")

    def test_catch_all(self):
        self.plant("src/base/a.cpp", "void f() {\n  try { g(); } catch (...) {}\n}\n")
        self.plant("src/cli/main.cpp", "int main() {\n  try { g(); } catch (...) {}\n}\n")
        self.assert_found("src/base/a.cpp:2: catch_all")

    def test_headers(self):
        self.plant("src/formats/include/mozu/formats/a.hpp", HEADER + "#include <simdjson.h>\n#include <iostream>\n#include <string>\n")
        self.plant("src/formats/a.cpp", "#include <simdjson.h>\n#include <toml++/toml.h>\n")
        self.plant("src/base/a.cpp", "#include <CLI/CLI.hpp>\n#include <archive.h>\n")
        self.assert_found("src/formats/include/mozu/formats/a.hpp:3: headers", "src/formats/include/mozu/formats/a.hpp:4: headers",
                          "src/base/a.cpp:1: headers")

    def test_own_includes(self):
        self.plant("src/base/a.cpp", "#include <vector>\nauto x = fmt::format(y);\nbool b = std::ranges::any_of(y);\n")
        self.plant("src/base/b.cpp", "#include <fmt/core.h>\n#include <algorithm>\nauto x = fmt::format(y);\nbool b = std::ranges::any_of(y);\n// fmt::\n")
        self.assert_found("src/base/a.cpp:2: own_includes", "src/base/a.cpp:3: own_includes")

    def test_function_length(self):
        body = "  x();\n"
        self.plant("src/base/a.cpp", "namespace a {\nclass B {\n  void ok() {\n" + body * 68 + "  }\n\n  void bad() const {\n" +
                   body * 69 + "  }\n};\n}\n\nstatic int c(\n    int d) {\n  if (d) {\n" + body * 65 + "  }\n  return 1;\n}\n" +
                   "const int table[] = {\n" + "  1,\n" * 100 + "};\n")
        found = self.findings()
        self.assertEqual(len(found), 2, found)
        self.assertIn("src/base/a.cpp:74: function_length: bad has 71 lines", found[0])
        self.assertIn("function_length: c has 71 lines", found[1])

    def test_file_length(self):
        self.plant("src/base/a.cpp", "int a;\n" * 600)
        self.plant("src/base/b.cpp", "int a;\n" * 601)
        self.assert_found("src/base/b.cpp:601: file_length")

    def test_header_comment(self):
        self.plant("src/base/include/mozu/base/a.hpp", "#pragma once\n")
        self.plant("src/base/include/mozu/base/b.hpp", "// Says.\n")
        self.plant("src/base/include/mozu/base/c.hpp", HEADER)
        self.assert_found("src/base/include/mozu/base/a.hpp:1: header_comment", "src/base/include/mozu/base/b.hpp:1: header_comment")

    def test_text(self):
        self.plant("a.md", b"one\r\ntwo\n")
        self.plant("b.md", b"no end")
        self.plant("c.py", b"\ta tab\n")
        self.plant("d.md", b"blank \n")
        self.plant("e.md", b"\xff\n")
        self.plant("Makefile", b"all:\n\ttrue\n")
        self.plant("examples/a.log", b"\tbytes \r\nas they \xff are")
        self.assert_found("a.md:1: text", "b.md:1: text", "c.py:1: text", "d.md:1: text", "e.md:1: text")

    def test_machine_paths(self):
        self.plant("a.md", "see /home/someone/x\n")
        self.plant("b.sh", "cat /tmp/out\n")
        self.plant("c.md", "see docs/home/x and https://site.example/work/1\n")
        self.assert_found("a.md:1: machine_paths", "b.sh:1: machine_paths")

    def test_dependencies(self):
        self.plant("cmake/MozuDependencies.cmake", "find_package(PkgConfig REQUIRED)\nfind_package(fmt REQUIRED)\n"
                   "pkg_check_modules(A REQUIRED IMPORTED_TARGET libone libtwo)\n")
        self.plant("setup/build.packages", "# why\nlibtwo\nlibthree\n")
        self.plant("docs/dependencies.md", "`fmt`, `libone`, libtwo, libthree-dev\n")
        self.assert_found("cmake/MozuDependencies.cmake:3: dependencies", "setup/build.packages:3: dependencies")

    def test_links(self):
        self.plant("docs/a.md", "[here](b.md#part) [up](../c.md) [away](https://site.example/x) [lost](d.md)\n")
        self.plant("docs/b.md", "b\n")
        self.plant("c.md", "c\n")
        self.assert_found("docs/a.md:1: links")

    def test_map(self):
        self.plant("docs/README.md", "[a](a.md)\n")
        self.plant("docs/a.md", "a\n")
        self.plant("docs/b.md", "b\n")
        self.plant("src/base/CMakeLists.txt", "x\n")
        self.plant("src/intel/CMakeLists.txt", "x\n")
        self.plant("src/intel/README.md", "# intel\n")
        self.assert_found("docs/README.md:1: map", "src/base/CMakeLists.txt:1: map")


if __name__ == "__main__":
    unittest.main()
