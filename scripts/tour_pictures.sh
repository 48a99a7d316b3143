#!/usr/bin/env bash
# scripts/tour_pictures.sh [PICTURES]: goes the way of docs/tour.md in Chromium, on a new data folder, and takes its pictures anew (docs/pictures).
# MOZU: the program. Ends as web/tests/tour.mjs does.
set -euo pipefail
cd "$(dirname "$0")/.."
mozu=$(realpath "${MOZU:-build/release/mozu}")
pictures=$(realpath -m "${1:-docs/pictures}")
folder=$(mktemp -d)
"$mozu" serve --plain --listen 127.0.0.1:0 --data "$folder/data" 2>"$folder/log" &
server=$!
trap 'kill -TERM "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
for ((i = 0; i < 600; i++)); do
  if link=$(grep -o 'http://[^ ]*/welcome#.*' "$folder/log" 2>/dev/null); then break; fi
  kill -0 "$server" || { cat "$folder/log" >&2; exit 1; }
  sleep 0.1
done
cp web/tests/tour.mjs build/web/tests/
cd build/web
EMPTY=1 NO_PROXY='*' "$(command -v node || command -v nodejs)" tests/tour.mjs "$link" "$pictures"
