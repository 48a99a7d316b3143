#!/usr/bin/env bash
# Turns a Debian 12 (root, or a user with sudo) into a machine that builds and tests Mozu.
#   setup/install.sh [LIST…]     LIST: build, test, dev, bench (default: build test); each is setup/LIST.packages
# A name with `/bookworm-backports` is taken from there; the suite is asked for this once, the machine's own list of suites stays as it is.
# Installs what is missing and nothing else; asks nothing; does nothing, at once, when all is there.
set -euo pipefail
cd "$(dirname "$0")"

die() {
  printf 'setup: %s\n' "$1" >&2
  [ $# -lt 2 ] || printf '  hint: %s\n' "$2" >&2
  exit 1
}

lists=("$@")
[ ${#lists[@]} -gt 0 ] || lists=(build test)
packages=()
for list in "${lists[@]}"; do
  [ -r "$list.packages" ] || die "no such list: $list" "lists: build, test, dev, bench"
  while read -r name; do
    case "$name" in '' | '#'*) ;; *) packages+=("$name") ;; esac
  done <"$list.packages"
done

missing=()
provided=""
if command -v dpkg-query >/dev/null; then
  # Node.js is often installed from elsewhere, whose package brings npm along: what can be called is there.
  for name in nodejs npm; do
    if command -v "${name%js}" >/dev/null; then provided+=" $name "; fi
  done
  installed=" $(dpkg-query -W -f '${Package}|${db:Status-Status} ' 2>/dev/null || true) "
  for name in "${packages[@]}"; do
    case "$provided" in *" $name "*) continue ;; esac
    case "$installed" in *" ${name%%/*}|installed "*) ;; *) missing+=("$name") ;; esac
  done
  [ ${#missing[@]} -gt 0 ] || exit 0
fi

system="unknown system"
if [ -r /etc/os-release ]; then
  # shellcheck source=/dev/null
  system="$(. /etc/os-release && printf '%s %s' "${ID:-unknown}" "${VERSION_ID:-}")"
fi
[ "$system" = "debian 12" ] || die "this is $system; the setup knows Debian 12 only" \
  "install the counterparts of the names in setup/*.packages by hand; then cmake --preset release"

elevate=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || die "packages are missing (${missing[*]}) and there is no sudo" "run setup/install.sh as root"
  if ! sudo -n true 2>/dev/null && [ ! -t 0 ]; then
    die "packages are missing (${missing[*]}) and sudo wants a password" "run setup/install.sh once from a terminal, or as root"
  fi
  elevate=(sudo)
fi

# sudo clears the environment; apt needs the proxy settings, and must not ask.
environment=(DEBIAN_FRONTEND=noninteractive)
for name in http_proxy https_proxy no_proxy; do
  [ -z "${!name:-}" ] || environment+=("$name=${!name}")
done
apt=("${elevate[@]}" env "${environment[@]}" apt-get -q -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
case " ${missing[*]} " in
  *"/bookworm-backports "*)
    parts="$(mktemp -d)"
    trap 'rm -rf "$parts"' EXIT
    chmod 755 "$parts"
    for file in /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
      [ ! -r "$file" ] || cp "$file" "$parts/"
    done
    # Of the mirror that bookworm is from: backports stand beside it.
    # shellcheck disable=SC2016  # apt fills it in
    mirror="$(apt-get indextargets --format '$(REPO_URI)' 'Codename: bookworm' 'Created-By: Packages' | head -n 1)"
    [ -n "$mirror" ] || die "no mirror of bookworm is configured" "/etc/apt/sources.list or a file in /etc/apt/sources.list.d must name one"
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s bookworm-backports main\n' "$mirror" >"$parts/backports.list"
    apt+=(-o "Dir::Etc::SourceParts=$parts")
    ;;
esac

printf 'setup: installing %s\n' "${missing[*]}"
# apt-get update only warns when a mirror cannot be reached; then the install below fails, and says so.
"${apt[@]}" update >/dev/null || die "apt-get update failed" "see the message above; is the network up, and /etc/apt/sources.list right?"
"${apt[@]}" install -y --no-install-recommends "${missing[@]}" ||
  die "apt-get install failed" "see the message above; if a package was not found: is the network up, and is 'main' of bookworm in /etc/apt/sources.list?"
# Its tests call Suricata as a program; a new one is not to watch this machine's network as well.
case " ${missing[*]} " in
  *" suricata/"*) [ ! -d /run/systemd/system ] || "${elevate[@]}" systemctl --quiet disable --now suricata || true ;;
esac
printf 'setup: done\n'
