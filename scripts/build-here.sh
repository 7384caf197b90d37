#!/usr/bin/env bash
# Builds what runs on this machine: every function as Lambda gets it, but for this machine's
# processor, and the local tenant: build-here.sh FOLDER
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"
out=$1
scripts/build.sh "$(host_arch)" "$out"
for_lambda_here
go build -o "$out/localtenant" ./cmd/localtenant

# SAM builds for Linux. Elsewhere only MiniStack runs the functions, as local processes.
[ "$GOOS" = linux ] || for binary in "$out"/*/bootstrap; do
	go build -o "$binary" "./functions/$(basename "$(dirname "$binary")" | tr '[:upper:]' '[:lower:]')"
done
