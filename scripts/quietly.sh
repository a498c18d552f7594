#!/usr/bin/env bash
# Runs a command without its chatter: `scripts/quietly.sh "npm packages" npm ci` prints one line if it went well, with
# those after it that begin with "! ", and everything it said if it did not.
set -uo pipefail

what=$1
shift
log=$(mktemp)
trap 'rm -f "$log"' EXIT
began=$SECONDS

if "$@" >"$log" 2>&1; then
    echo "✓ $what ($((SECONDS - began)) s)"
    sed -n 's/^! /  ! /p' "$log"
else
    code=$?
    cat "$log" >&2
    echo "✗ $what failed: $*" >&2
    exit "$code"
fi
