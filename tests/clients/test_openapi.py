"""schemathesis over docs/openapi.json: whatever the description allows or forbids, the server answers as the description says."""
import re
import subprocess
import sys

import pytest

from conftest import ROOT, sample

EXAMPLES = 10
SEED = 1
CASES_MIN = 1000  # fewer mean that it gave up
PATIENCE_S = 150


@pytest.fixture()
def mozu(program, tmp_path):
    """A server of its own: what is asked here changes users and disables organisations."""
    house = sample(program, tmp_path).serve("--plain")
    yield house
    house.stop()


@pytest.mark.parametrize("role", ["administrator", "reader"])
def test_schemathesis(mozu, role, tmp_path):
    done = subprocess.run([sys.executable, "-m", "schemathesis.cli", "run", str(ROOT / "docs/openapi.json"), "--url", mozu.url, "--header", f"Authorization: Bearer {mozu.tokens[role]}",
                           "--phases", "examples,coverage,fuzzing", "--max-examples", str(EXAMPLES), "--seed", str(SEED), "--generation-database", "none", "--no-color",
                           "--continue-on-failure",
                           # Cursors, names and passwords are valid by more than a schema can say.
                           "--exclude-checks", "positive_data_acceptance"],
                          capture_output=True, text=True, timeout=PATIENCE_S, check=False, cwd=tmp_path)
    (ROOT / f"build/clients/schemathesis-{role}.log").write_text(done.stdout + done.stderr)
    found, operation = [], ""
    for line in done.stdout.splitlines():
        operation = line.strip("_ ") if re.match(r"_{3,} .* _{3,}$", line) else operation
        found += [f"{operation}: {line.strip()}"] if re.match(r"\s*- ST\d+", line) else []
    asked = re.search(r"(\d+) generated", done.stdout)
    # Its exit code also tells of errors of its own (CPython 3.11 loses count in `ast` on the way): those are no findings.
    assert not found, "\n".join(found) + f"\nsee build/clients/schemathesis-{role}.log"
    assert asked and int(asked.group(1)) > CASES_MIN, done.stdout[-3000:] + done.stderr[-3000:]
