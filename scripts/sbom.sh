#!/usr/bin/env bash
# The bill of materials of the built functions, in CycloneDX's JSON: sbom.sh [FOLDER]
# The same commit makes the same one, whenever and wherever it is built.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"
out=${1:-.aws-sam/build}
commit=$(git describe --always --dirty --abbrev=40 --exclude '*')
go run ./cmd/sbom -functions "$out" -version "$commit" -time "${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}"
