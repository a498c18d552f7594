#!/usr/bin/env bash
# Makes sure that a Debian package is there: `scripts/need.sh chromium command -v chromium` runs the check after the
# package's name and is quiet if that succeeds; else installs the package by apt where that is possible (as root, on
# Debian or a relative of it), or says in one line what to install.
set -euo pipefail

package=$1
shift
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
is_there() { "$@" >/dev/null 2>&1; }

is_there "$@" && exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "$package is missing: install it first (on Debian: sudo apt-get install $package)" >&2
    exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "installing $package …"
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get update && apt-get install --yes --no-install-recommends "$package" && is_there "$@"; } >"$log" 2>&1; then
    cat "$log" >&2
    echo "$package could not be installed by apt-get: install it yourself and try again" >&2
    exit 1
fi
