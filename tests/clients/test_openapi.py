"""schemathesis over docs/openapi.json: whatever the description allows or forbids, the server answers as the description says."""
import re
import subprocess
import sys

import pytest

from conftest import ROOT

EXAMPLES = 10
SEED = 1
PATIENCE_S = 150


@pytest.mark.parametrize("role", ["administrator", "reader"])
def test_schemathesis(mozu, role, tmp_path):
    # The token that runs this must not be taken back by it: its number is none that is tried.
    done = subprocess.run([sys.executable, "-m", "schemathesis.cli", "run", str(ROOT / "docs/openapi.json"), "--url", mozu.url, "--header", f"Authorization: Bearer {mozu.tokens[role]}",
                           "--phases", "examples,coverage,fuzzing", "--max-examples", str(EXAMPLES), "--seed", str(SEED), "--generation-database", "none", "--workers", "2", "--no-color",
                           "--continue-on-failure",
                           # Cursors, names and passwords are valid by more than a schema can say.
                           "--exclude-checks", "positive_data_acceptance"],
                          capture_output=True, text=True, timeout=PATIENCE_S, check=False, cwd=tmp_path)
    (ROOT / f"build/clients/schemathesis-{role}.log").write_text(done.stdout + done.stderr)
    found = [line.strip() for line in done.stdout.splitlines() if re.match(r"_{3,} .* _{3,}$|\s*- ST\d+", line)]
    assert done.returncode == 0 and not found, "\n".join(found) + f"\nsee build/clients/schemathesis-{role}.log"
