#!/usr/bin/env python3
"""The changelog is assembled from changes/unreleased/*.md, one file a change (see changes/README.md).

  scripts/changelog.py                        prints what is unreleased
  scripts/changelog.py check                  only checks the files
  scripts/changelog.py release VERSION DATE   moves it into CHANGELOG.md
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KINDS = ("added", "changed", "fixed", "removed", "security", "performance")
TITLE = "# Changelog\n"


class BadChange(Exception):
    pass


def read_changes(folder):
    """kind → texts, in the order of file names."""
    found = {kind: [] for kind in KINDS}
    for path in sorted(folder.glob("*")):
        if path.name.startswith("."):
            continue
        text = path.read_text(encoding="utf-8").strip()
        kind, colon, said = text.partition(":")
        said = " ".join(said.split())
        if path.suffix != ".md" or not colon or kind not in KINDS or not said:
            raise BadChange(f"{path.name}: wanted `kind: what a user notices`, kind one of {', '.join(KINDS)}")
        found[kind].append(said)
    return found


def render(heading, changes):
    parts = [f"## {heading}\n"]
    for kind, texts in changes.items():
        if texts:
            parts.append(f"\n### {kind.capitalize()}\n" + "".join(f"- {text}\n" for text in texts))
    return "".join(parts)


def release(root, version, date):
    if not re.fullmatch(r"\d+\.\d+\.\d+", version) or not re.fullmatch(r"\d{4}-\d\d-\d\d", date):
        raise BadChange("wanted: release 1.2.3 2026-11-15")
    folder = root / "changes/unreleased"
    changes = read_changes(folder)
    if not any(changes.values()):
        raise BadChange("nothing is unreleased")
    path = root / "CHANGELOG.md"
    before = path.read_text(encoding="utf-8") if path.exists() else TITLE
    if f"## {version} " in before:
        raise BadChange(f"{version} is in CHANGELOG.md already")
    head, newest, older = before.partition("\n## ")
    path.write_text(head.rstrip("\n") + "\n\n" + render(f"{version} ({date})", changes) + newest + older, encoding="utf-8")
    for change in folder.glob("*.md"):
        change.unlink()


def main(arguments):
    try:
        if not arguments:
            print(render("Unreleased", read_changes(ROOT / "changes/unreleased")), end="")
        elif arguments == ["check"]:
            read_changes(ROOT / "changes/unreleased")
        elif len(arguments) == 3 and arguments[0] == "release":
            release(ROOT, arguments[1], arguments[2])
        else:
            print(__doc__, file=sys.stderr)
            return 1
    except BadChange as bad:
        print(f"changelog: {bad}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
