#!/usr/bin/env bash
# Compares the contract with that of the last release: contract-changes.sh
#
# A breaking change fails unless CHANGELOG.md announces it, as CONTRIBUTING.md says. The tests
# of test/changes prove that.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"
mkdir -p .cache
oasdiff() { scripts/tool.sh oasdiff github.com/oasdiff/oasdiff "$@"; }

# The levels make a new operationId a breaking change: it renames the functions of generated clients.
oasdiff breaking --allow-external-refs=false --severity-levels tools/oasdiff-levels.txt -f json api/released.yaml api/openapi.yaml >.cache/contract-changes.json
"$venv/bin/python" scripts/contract_changes.py .cache/contract-changes.json CHANGELOG.md
OASDIFF=.cache/bin/oasdiff "$venv/bin/python" -m pytest -q -p no:cacheprovider "$@" test/changes
