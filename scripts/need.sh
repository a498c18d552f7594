#!/usr/bin/env bash
# Makes sure that a Debian package's program is there: `scripts/need.sh chromium` installs it by apt when that is
# possible (as root, on Debian or a relative of it), else says in one line what to install. Quiet if it is there.
set -euo pipefail

program=$1
package=${2:-$program}
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

command -v "$program" >/dev/null && exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "$program is missing: install it first (on Debian: sudo apt-get install $package)" >&2
    exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "installing $package …"
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get update && apt-get install --yes --no-install-recommends "$package"; } >"$log" 2>&1; then
    cat "$log" >&2
    echo "$package could not be installed by apt-get: install $program yourself and try again" >&2
    exit 1
fi
