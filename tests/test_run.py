#!/usr/bin/env python3
"""The test runner's own tests: a failure, a death or an empty program must never count as a pass."""
import json
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import run  # noqa: E402


class Counting(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.file = Path(self.scratch.name) / "report"

    def gtest(self, cases, code):
        suite = {"testsuite": [{"classname": "Suite", **case} for case in cases]}
        self.file.write_text(json.dumps({"testsuites": [suite]}))
        return run.gtest_count(self.file, code)

    def text(self, text, code):
        self.file.write_text(text)
        return run.text_count(self.file, code)

    def test_cases_are_counted(self):
        count = self.gtest([{"name": "a", "result": "COMPLETED"}, {"name": "b", "result": "SKIPPED"},
                            {"name": "c", "result": "COMPLETED", "failures": [{}]},
                            {"name": "d", "result": "SUPPRESSED"}], 1)
        self.assertEqual(str(count), "1 passed, 1 failed, 1 skipped")
        self.assertIn("FAILED Suite.c", count.notes)

    def test_death_is_a_failure(self):
        self.assertEqual(run.gtest_count(Path(self.scratch.name) / "none", -11).failed, 1)

    def test_half_a_report_is_a_failure(self):
        self.file.write_text('{"testsuites": [')
        self.assertEqual(run.gtest_count(self.file, 0).failed, 1)

    def test_exit_code_without_failed_case_is_a_failure(self):
        self.assertEqual(self.gtest([{"name": "a", "result": "COMPLETED"}], 1).failed, 1)

    def test_program_without_cases_is_a_failure(self):
        self.assertEqual(self.gtest([], 0).failed, 1)

    def test_summary_line(self):
        self.assertEqual(str(self.text("noise\n3 passed, 1 failed, 2 skipped\n", 1)), "3 passed, 1 failed, 2 skipped")

    def test_summary_that_hides_a_failure(self):
        self.assertEqual(self.text("3 passed, 0 failed\n", 1).failed, 1)

    def test_failures_are_found_in_the_middle_of_a_log(self):
        self.file.write_text("good\n" * 200 + "FAILED graph settles: not in 60 s\n    where it waits\n" + "good\n" * 200)
        told = run.told_failures(self.file)
        self.assertEqual(told[:2], ["    FAILED graph settles: not in 60 s", "        where it waits"])
        self.file.write_text("store_test.cpp:12: Failure\nexpected\n0 failed\n")
        self.assertEqual(len(run.told_failures(self.file)), 3)
        self.assertEqual(run.told_failures(Path(self.scratch.name) / "none"), [])

    def test_a_failure_is_told_again_at_the_end(self):
        self.file.write_text("FAILED this one\n")
        run.failures.clear()
        run.ROOT, root = Path(self.scratch.name), run.ROOT
        self.addCleanup(setattr, run, "ROOT", root)
        run.report_test("[release] web", run.Count(passed=1, failed=1), run.Run(1, 1, 1), self.file)
        run.report_test("[release] golden", run.Count(passed=1), run.Run(0, 1, 1), self.file)
        self.assertEqual(len(run.failures), 1)
        self.assertIn("FAILED this one", run.failures[0])

    def test_without_summary_the_exit_code_counts(self):
        self.assertEqual(str(self.text("done\n", 0)), "1 passed, 0 failed")
        self.assertEqual(str(self.text("boom\n", 2)), "0 passed, 1 failed")

    def test_a_command_that_takes_too_long(self):
        log = Path(self.scratch.name) / "log"
        self.assertEqual(run.run_logged(["sleep", "20"], log, timeout_s=0.1).code, 124)
        self.assertIn("not done after 0.1 s", log.read_text())

    def test_a_command_that_fails(self):
        log = Path(self.scratch.name) / "log"
        self.assertEqual(run.run_logged(["sh", "-c", "echo out; echo err >&2; exit 3"], log).code, 3)
        self.assertEqual(log.read_text(), "out\nerr\n")


if __name__ == "__main__":
    unittest.main()
