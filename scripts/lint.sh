#!/usr/bin/env bash
# clang-tidy over every source (or those given), the tidy test, shellcheck.
set -euo pipefail
cd "$(dirname "$0")/.."
cmake --preset tidy >build/tidy.configure.log 2>&1 || { cat build/tidy.configure.log >&2; exit 1; }
failed=0
if [ $# -gt 0 ]; then sources=("$@"); else mapfile -t sources < <(git ls-files 'src/*.cpp' 'fuzz/*.cpp'); fi
mapfile -t known < <(python3 - <<'PY'
import json
print(*sorted({entry["file"] for entry in json.load(open("build/tidy/compile_commands.json"))}), sep="\n")
PY
)
wanted=()
for source in "${sources[@]}"; do
  for file in "${known[@]}"; do [ "$file" != "$PWD/$source" ] || wanted+=("$source"); done
done
printf '%s\n' "${wanted[@]}" | xargs -r -P "$(nproc)" -n 1 clang-tidy-19 -p build/tidy --quiet --warnings-as-errors='*' || failed=1
clang-format-19 --dry-run --Werror "${wanted[@]}" || failed=1
python3 tests/tidy/tidy.py || failed=1
git ls-files '*.sh' .ci/run | xargs shellcheck || failed=1
exit $failed
