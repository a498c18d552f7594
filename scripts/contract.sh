#!/usr/bin/env bash
# Asks every operation of the OpenAPI document thousands of times: `scripts/contract.sh BINARY [OPTION…]`; the options are
# those of tests/contract/run.py. What it runs on is installed once, into an environment under the target directory.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/need.sh python3-venv python3 -c "import ensurepip, venv"
environment=$(dirname "$1")/../contract/python
requirements=tests/contract/requirements.txt
done=$environment/installed.txt

if ! cmp --silent "$requirements" "$done"; then
    echo "the contract's Python packages: installing them, once"
    python3 -m venv --clear "$environment"
    if ! "$environment/bin/python" -m pip install --quiet --disable-pip-version-check -r "$requirements"; then
        echo "schemathesis could not be installed: pip needs a package index, and the contract cannot be tested without" >&2
        exit 1
    fi
    cp "$requirements" "$done"
fi
exec "$environment/bin/python" -B tests/contract/run.py "$@"
