#!/usr/bin/env bash
# What the sign-in tests need besides a server: the engines that are named, nginx in front, and a clock to move.
set -euo pipefail
need=$(dirname "$0")/need.sh
library() { compgen -G "/usr/lib/*/$1"; }
export -f library

"$need" nginx command -v nginx
"$need" faketime bash -c 'library faketime/libfaketimeMT.so.1'
for engine in "$@"; do
    case $engine in
        chromium) "$(dirname "$0")/chromium.sh" ;;
        firefox) "$need" firefox-esr command -v "${FIREFOX:-/usr/bin/firefox-esr}" ;;
        webkit)
            "$need" webkit2gtk-driver command -v "${WEBKIT_DRIVER:-/usr/bin/WebKitWebDriver}"
            "$need" libwebkit2gtk-4.1-0 bash -c 'library webkit2gtk-4.1/MiniBrowser'
            "$need" xvfb command -v Xvfb
            ;;
        *)
            echo "no engine is called $engine" >&2
            exit 1
            ;;
    esac
done
