#!/usr/bin/env bash
# Checks the dependencies. Where the advisory database cannot be fetched, that is said, in a line which
# scripts/quietly.sh shows, and the rest is still checked.
set -euo pipefail

cargo deny --log-level error check bans licenses sources
if cargo deny fetch db >/dev/null 2>&1; then
    cargo deny --log-level error check advisories
else
    echo "! the advisory database is out of reach: advisories go unchecked"
fi
