#!/usr/bin/env bash
# The first part of `make run`: an index of the sample feeds, the sample logs scanned with it, and what to try next.
set -euo pipefail
cd "$(dirname "$0")/.."
mozu=build/release/mozu
index=build/examples.mzi

heading() {
  if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then printf '\n\033[1m%s\033[0m\n' "$*"; else printf '\n%s\n' "$*"; fi
}

heading "1. One index of the sample feeds:  $mozu index build --config examples/feeds.toml --output $index"
"$mozu" index build --config examples/feeds.toml --output "$index"

heading "2. The sample logs against it:  $mozu match --index $index --output text --stats examples/logs"
[ ! -t 1 ] || export CLICOLOR_FORCE=1
detections=$(mktemp)
trap 'rm -f "$detections"' EXIT
"$mozu" match --index "$index" --output text --stats examples/logs >"$detections" 2>"$detections.summary"
# A detection begins at the margin; what belongs to it is indented.
shown=6
awk -v shown=$shown '/^[^ ]/ { n++ } n <= shown; END { if (n > shown) printf "… and %d more detections\n", n - shown }' "$detections"
cat "$detections.summary"
rm -f "$detections.summary"
unset CLICOLOR_FORCE

heading "Next"
cat <<TEXT
  your own logs                $mozu match --index $index --output text PATH…      (files, folders, .gz .zst .xz .bz2 .zip .tar, - for stdin)
  your own feed                $mozu match --feed FILE PATH…                       (its format is found by content)
  what a feed holds            $mozu feed check FILE…
  JSON for a SIEM              $mozu match --index $index --output json PATH…      (also cef, leef, ecs)
  why a line matches or not    $mozu match --index $index --explain 'GET http://bad-updates.example/'
  every observable of a log    $mozu observables examples/logs/proxy-squid.log
  what is in the index         $mozu index info $index
  what a report tells          $mozu extract FILE…                                 (PDF, DOCX, HTML, e-mail, text)
  a knowledge base             $mozu import --data kb examples/feeds, then $mozu lookup --data kb drop-zone.example, $mozu serve --help
  detections as knowledge      $mozu match --index $index --output json PATH… >d.ndjson; $mozu import --data kb d.ndjson
TEXT
