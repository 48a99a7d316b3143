#!/usr/bin/env python3
"""Tests of the changelog script; also checks the changes that wait in changes/unreleased/."""
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import changelog  # noqa: E402


class Changelog(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = Path(scratch.name)
        (self.root / "changes/unreleased").mkdir(parents=True)

    def change(self, name, text):
        (self.root / "changes/unreleased" / name).write_text(text)

    def test_the_waiting_changes_are_well_formed(self):
        changelog.read_changes(changelog.ROOT / "changes/unreleased")

    def test_release_puts_the_newest_first(self):
        self.change("b.md", "fixed: two\n  lines\n")
        self.change("a.md", "added: one\n")
        changelog.release(self.root, "0.1.0", "2026-11-15")
        self.assertEqual(list((self.root / "changes/unreleased").iterdir()), [])
        self.change("c.md", "changed: three\n")
        changelog.release(self.root, "0.2.0", "2026-12-01")
        self.assertEqual((self.root / "CHANGELOG.md").read_text(),
                         "# Changelog\n\n## 0.2.0 (2026-12-01)\n\n### Changed\n- three\n"
                         "\n## 0.1.0 (2026-11-15)\n\n### Added\n- one\n\n### Fixed\n- two lines\n")

    def test_bad_changes_are_named(self):
        for text in ("no kind\n", "odd: kind\n", "added:\n"):
            self.change("bad.md", text)
            with self.assertRaisesRegex(changelog.BadChange, "bad.md"):
                changelog.read_changes(self.root / "changes/unreleased")

    def test_a_version_is_released_once_and_not_empty(self):
        with self.assertRaises(changelog.BadChange):
            changelog.release(self.root, "0.1.0", "2026-11-15")
        self.change("a.md", "added: one\n")
        changelog.release(self.root, "0.1.0", "2026-11-15")
        self.change("a.md", "added: one\n")
        with self.assertRaises(changelog.BadChange):
            changelog.release(self.root, "0.1.0", "2026-11-15")


if __name__ == "__main__":
    unittest.main()
