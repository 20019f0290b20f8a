#!/usr/bin/env bash
# Installs the Debian packages that the tests need and that are missing: scripts/install_test_packages.sh
set -euo pipefail

missing=()
command -v curl >/dev/null || missing+=(curl)
command -v chromium >/dev/null || missing+=(chromium fonts-dejavu-core)
# Node.js, which playwright and the npm clients run on, needs libatomic.
[ -n "$(find /usr/lib /lib -name 'libatomic.so.1' -print -quit 2>/dev/null)" ] || missing+=(libatomic1)
{ command -v syslog-ng >/dev/null && compgen -G '/usr/lib/syslog-ng/*/libhttp.so' >/dev/null; } \
  || missing+=(syslog-ng-core syslog-ng-mod-http)
[ ${#missing[@]} -gt 0 ] || exit 0

by_hand="install them yourself: apt-get install ${missing[*]}"
command -v apt-get >/dev/null || { echo "the tests need ${missing[*]}, and there is no apt-get; $by_hand" >&2; exit 1; }
sudo=()
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "the tests need ${missing[*]}; as root, $by_hand" >&2; exit 1; }
  sudo=(sudo)
fi

echo "installing ${missing[*]} from Debian"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { "${sudo[@]}" apt-get update -qq && "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  tail -20 "$log" >&2
  echo "the tests need ${missing[*]}; $by_hand" >&2
  exit 1
fi
