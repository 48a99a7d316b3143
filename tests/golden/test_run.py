#!/usr/bin/env python3
"""The golden runner's own tests: planted differences must be seen. A shell script plays the program."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

RUN = Path(__file__).resolve().parent / "run.py"
PROGRAM = r"""#!/bin/bash
case "$1" in
  say) shift; echo "$*" ;;
  warn) echo "careful" >&2 ;;
  leave) exit "$2" ;;
  volatile) echo "1.2 GB/s in 31 ms, 12,000 lines/s at $PWD" ;;
  pins) echo "$TZ $LC_ALL $NO_COLOR $MOZU_NOW ${SECRET:-unset}" ;;
  copy) cat ;;
  crash) kill -SEGV $$ ;;
  report) echo "ERROR: AddressSanitizer: heap-use-after-free" >&2 ;;
  write) echo made > made.txt; cat made.txt ;;
esac
"""


class GoldenRunner(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.root = Path(self.scratch.name)
        self.mozu = self.root / "bin" / "mozu"
        self.mozu.parent.mkdir()
        self.mozu.write_text(PROGRAM)
        self.mozu.chmod(0o755)

    def case(self, name, **files):
        folder = self.root / "cases" / "verb" / name
        folder.mkdir(parents=True)
        for file, text in files.items():
            (folder / file.replace("_", ".")).write_text(text)
        return folder

    def run_cases(self, *arguments, shared=None):
        command = [sys.executable, str(RUN), "--mozu", str(self.mozu), "--cases", str(self.root / "cases"), *arguments]
        environment = {"PATH": "/usr/bin:/bin", "SECRET": "leaked", "MOZU_SHARED": str(shared or self.root / "none")}
        return subprocess.run(command, capture_output=True, text=True, env=environment)

    def assert_ends(self, run, line, code):
        self.assertEqual(run.stdout.splitlines()[-1:], [line], run.stdout + run.stderr)
        self.assertEqual(run.returncode, code)

    def test_equal_passes(self):
        self.case("a", cmd="mozu say hello\n", expected_stdout="hello\n")
        self.assert_ends(self.run_cases(), "1 passed, 0 failed", 0)

    def test_other_output_fails_with_a_diff(self):
        self.case("a", cmd="mozu say hello\n", expected_stdout="hallo\n")
        run = self.run_cases()
        self.assert_ends(run, "0 passed, 1 failed", 1)
        self.assertIn("-hallo", run.stdout)
        self.assertIn("+hello", run.stdout)

    def test_missing_final_newline_is_a_difference(self):
        self.case("a", cmd="mozu say hello\n", expected_stdout="hello")
        self.assert_ends(self.run_cases(), "0 passed, 1 failed", 1)

    def test_unexpected_stderr_fails(self):
        self.case("a", cmd="mozu warn\n", expected_stdout="")
        self.assert_ends(self.run_cases(), "0 passed, 1 failed", 1)

    def test_expected_stderr_passes(self):
        self.case("a", cmd="mozu warn\n", expected_stdout="", expected_stderr="careful\n")
        self.assert_ends(self.run_cases(), "1 passed, 0 failed", 0)

    def test_exit_code_counts(self):
        self.case("wrong", cmd="mozu leave 2\n", expected_stdout="")
        self.case("right", cmd="mozu leave 3\n", expected_stdout="", expected_exit="3\n")
        self.assert_ends(self.run_cases(), "1 passed, 1 failed", 1)

    def test_failure_inside_a_pipe_counts(self):
        self.case("a", cmd="mozu leave 2 | cat\n", expected_stdout="")
        self.assert_ends(self.run_cases(), "0 passed, 1 failed", 1)

    def test_without_expectation_fails(self):
        self.case("a", cmd="mozu say hello\n")
        self.assert_ends(self.run_cases(), "0 passed, 1 failed", 1)

    def test_volatile_words_are_replaced(self):
        self.case("a", cmd="mozu volatile\n", expected_stdout="<RATE> in <TIME>, <RATE> lines/s at <CASE>\n")
        self.assert_ends(self.run_cases(), "1 passed, 0 failed", 0)

    def test_own_rules(self):
        self.case("a", cmd="mozu say run 4711\n", expected_stdout="run N\n", canon="run \\d+\trun N\n")
        self.assert_ends(self.run_cases(), "1 passed, 0 failed", 0)

    def test_environment_is_pinned(self):
        self.case("a", cmd="mozu pins\n", expected_stdout="UTC C.UTF-8 1 2026-11-15T12:00:00Z unset\n")
        self.assert_ends(self.run_cases(), "1 passed, 0 failed", 0)

    def test_stdin(self):
        self.case("given", cmd="mozu copy\n", stdin="a\nb\n", expected_stdout="a\nb\n")
        self.case("none", cmd="mozu copy\n", expected_stdout="")
        self.assert_ends(self.run_cases(), "2 passed, 0 failed", 0)

    def test_crash_fails_even_when_blessing(self):
        folder = self.case("a", cmd="mozu crash\n")
        self.assert_ends(self.run_cases("--bless"), "0 passed, 1 failed", 1)
        self.assertFalse((folder / "expected.stdout").exists())

    def test_sanitizer_report_fails_though_the_exit_is_zero(self):
        self.case("a", cmd="mozu report\n", expected_stdout="", expected_stderr="ERROR: AddressSanitizer: heap-use-after-free\n")
        self.assert_ends(self.run_cases(), "0 passed, 1 failed", 1)

    def test_bless_writes_what_is_not_the_default(self):
        folder = self.case("a", cmd="mozu say hello; mozu warn; mozu leave 2\n", expected_stdout="old\n")
        self.assert_ends(self.run_cases("--bless"), "1 passed, 0 failed", 0)
        self.assertEqual((folder / "expected.stdout").read_text(), "hello\n")
        self.assertEqual((folder / "expected.stderr").read_text(), "careful\n")
        self.assertEqual((folder / "expected.exit").read_text(), "2\n")
        (folder / "cmd").write_text("mozu say hello\n")
        self.assert_ends(self.run_cases("--bless"), "1 passed, 0 failed", 0)
        self.assertFalse((folder / "expected.stderr").exists())
        self.assertFalse((folder / "expected.exit").exists())

    def test_the_case_folder_stays_clean(self):
        folder = self.case("a", cmd="mozu write\n", expected_stdout="made\n")
        self.assert_ends(self.run_cases(), "1 passed, 0 failed", 0)
        self.assertFalse((folder / "made.txt").exists())

    def test_missing_shared_data_skips_and_says_so(self):
        self.case("a", cmd="ls $SHARED/data\n", needs="data/logs\n", expected_stdout="logs\n")
        run = self.run_cases()
        self.assert_ends(run, "0 passed, 0 failed, 1 skipped", 0)
        self.assertIn("data/logs", run.stdout)
        (self.root / "shared/data/logs").mkdir(parents=True)
        self.assert_ends(self.run_cases(shared=self.root / "shared"), "1 passed, 0 failed", 0)

    def test_words_select(self):
        self.case("one", cmd="mozu say 1\n", expected_stdout="1\n")
        self.case("two", cmd="mozu say 2\n", expected_stdout="wrong\n")
        self.assert_ends(self.run_cases("verb/one"), "1 passed, 0 failed", 0)


if __name__ == "__main__":
    unittest.main()
