#!/usr/bin/env bash
# Builds mozu_bench and the program (release preset, in build/bench) and measures. QUICK=1: less than three minutes.
# Further options go to bench/run.py, and then it alone runs.
set -euo pipefail
cd "$(dirname "$0")/.."
log=build/bench.configure.log
mkdir -p build
if ! cmake --preset release -B build/bench -DMOZU_BENCH=ON -DMOZU_TESTS=OFF >"$log" 2>&1; then
  cat "$log" >&2
  printf 'bench: cmake could not configure\n  hint: setup/install.sh bench installs what it may miss\n' >&2
  exit 1
fi
NINJA_STATUS="[%f/%t %es] " cmake --build build/bench --target mozu_bench mozu_micro mozu_store_bench mozu mozu-cell
python3 bench/run.py ${QUICK:+--quick} "$@"
[ $# -gt 0 ] && exit 0
python3 bench/store.py ${QUICK:+--quick}
python3 bench/server.py ${QUICK:+--quick}
python3 bench/publications.py --mozu build/bench/mozu ${QUICK:+--publications 1000}
# Its SMTP server is one of the packages that tests/clients/run.py installs.
if [ -x build/clients/bin/python ]; then build/clients/bin/python bench/notify.py --mozu build/bench/mozu ${QUICK:+--subscribers 1000}; fi
python3 bench/documents.py --mozu build/bench/mozu
