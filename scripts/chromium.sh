#!/usr/bin/env bash
# The browser that the browser tests drive: Debian's Chromium, which needs no download of its own.
exec "$(dirname "$0")/need.sh" chromium
