#!/usr/bin/env bash
# scripts/build.sh PRESET [TARGET…]: configures a preset if needed and builds; without targets, everything.
# Goes on after a failure, so that one run shows all of them.
set -euo pipefail
cd "$(dirname "$0")/.."
preset="$1"
shift
log="build/$preset.configure.log"
mkdir -p build
if [ ! -f "build/$preset/build.ninja" ] || [ CMakePresets.json -nt "build/$preset/build.ninja" ]; then
  printf 'configure %s\n' "$preset"
  if ! cmake --preset "$preset" >"$log" 2>&1; then
    cat "$log" >&2
    printf 'build: cmake could not configure the preset %s\n  hint: setup/install.sh installs what it may miss\n' "$preset" >&2
    exit 1
  fi
fi
printf 'build %s %s\n' "$preset" "$*"
NINJA_STATUS="[%f/%t %es] " exec cmake --build "build/$preset" ${1:+--target "$@"} -- -k 0
