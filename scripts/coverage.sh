#!/usr/bin/env bash
# Builds with gcov, runs unit and golden tests, renders HTML.
set -euo pipefail
cd "$(dirname "$0")/.."
python3 tests/run.py coverage
mkdir -p build/coverage/html
gcovr --root . --filter src/ --exclude '.*/tests/.*' --exclude-throw-branches --html-details build/coverage/html/index.html \
  --print-summary build/coverage
printf 'report: build/coverage/html/index.html\n'
