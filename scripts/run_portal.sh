#!/usr/bin/env bash
# The last part of `make run`: sample content in a data folder, and the portal over it on the loopback, until Ctrl-C.
#   scripts/run_portal.sh [--stop-when-ready]
# MOZU: the program; MOZU_DATA: the folder, which the next run takes up again; MOZU_PORT: where it listens.
set -euo pipefail
cd "$(dirname "$0")/.."
mozu=${MOZU:-build/release/mozu}
data=${MOZU_DATA:-build/portal}
port=${MOZU_PORT:-8443}
log=$data/serve.log

heading() {
  if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then printf '\n\033[1m%s\033[0m\n' "$*"; else printf '\n%s\n' "$*"; fi
}

mkdir -p "$data"
heading "Sample content:  $mozu sample load --data $data"
"$mozu" sample load --data "$data"

# Emptied here, not only by what is started: else the loop below may find what the server before said.
: >"$log"
heading "The portal:  $mozu serve --plain --listen 127.0.0.1:$port --data $data"
"$mozu" serve --plain --listen "127.0.0.1:$port" --data "$data" 2>"$log" &
server=$!
trap 'kill -TERM "$server" 2>/dev/null || true' INT TERM
trap 'kill -TERM "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true' EXIT

# Everything that it says before its first request: where it is, and the link if nobody can sign in yet.
for ((i = 0; i < 600; i++)); do
  if grep -q '^mozu serves ' "$log"; then break; fi
  if ! kill -0 "$server" 2>/dev/null; then
    cat "$log" >&2
    printf 'run: the portal did not start\n  hint: MOZU_PORT=9443 make run, if another program has port %s\n' "$port" >&2
    exit 1
  fi
  sleep 0.1
done
printf '  log of the server      %s\n' "$log"
printf '  real knowledge         %s import --data %s enterprise-attack.json      (or its https:// address; or Sources in the portal, from files)\n' "$mozu" "$data"
printf '  begin anew             rm -r %s\n' "$data"
printf '  stop                   Ctrl-C\n\n'
grep -v '^{' "$log"
[ "${1:-}" != --stop-when-ready ] || exit 0
wait "$server" || true
