#!/usr/bin/env bash
# The browser that the browser tests drive: Debian's Chromium, or the one that CHROMIUM names.
set -euo pipefail
exec "$(dirname "$0")/need.sh" chromium command -v "${CHROMIUM:-/usr/bin/chromium}"
