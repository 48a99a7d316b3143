#!/usr/bin/env bash
# scripts/bench_attribution.sh [DIR]: every track of docs/attribution-benchmark.md; what they are measured on is fetched from Debian and npm into DIR
# (default build/attribution; some 3 GB, an hour or two).
set -euo pipefail
cd "$(dirname "$0")/.."
work="${1:-build/attribution}"
mkdir -p "$work"
cmake --preset release -B build/bench -DMOZU_BENCH=ON -DMOZU_TESTS=OFF >/dev/null
cmake --build build/bench --target mozu_attribution_bench
scripts/build.sh release mozu mozu-cell mozu-unpacker
measure() { build/bench/mozu_attribution_bench "$1" "$work/index" "${@:2}"; }

python3 bench/attribution/corpus.py "$work/corpus"
measure "$work/corpus"                       # speed, lookups, A, B, E, F, G
measure "$work/corpus" clean scale8          # J
python3 bench/attribution/compilers.py "$work/compilers"
measure "$work/compilers" compilers          # C
python3 bench/attribution/windows.py "$work/windows"
for width in 32 64; do measure "$work/windows/$width" versions; done  # I
python3 bench/attribution/packed.py build/release/mozu "$work/corpus" "$work/windows" "$work/packed" --most 8  # D
python3 bench/attribution/scripts.py build/release/mozu "$work/scripts"                                        # H
python3 bench/attribution/rules.py build/release/mozu "$work/corpus" "$work/rules"                             # K
