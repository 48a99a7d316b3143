#!/usr/bin/env bash
# Builds and runs the benchmarks of bench/; each program there prints its own table.
set -euo pipefail
cd "$(dirname "$0")/.."
data="${MOZU_SHARED:-../shared}/data/bench"
[ -d "$data" ] || { printf 'bench: no benchmark data at %s\n  hint: set MOZU_SHARED\n' "$data" >&2; exit 1; }
[ -x bench/run.sh ] || { printf 'bench: bench/run.sh is missing\n' >&2; exit 1; }
exec bench/run.sh "$@"
