#!/usr/bin/env bash
# Builds every function as Lambda gets it: build.sh [arm64|x86_64] [FOLDER]
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
arch=${1:-arm64} out=${2:-$root/.aws-sam/build}
cd "$root"
[ -x "$venv/bin/sam" ] || die "SAM CLI is missing: run \`make setup\`"

# SAM's builder runs a plain `go build`, so all it is to know comes by environment:
# - static, or the binary does not start on a minimal image;
# - no RPC mode, which only the retired go1.x runtime used;
# - no symbols and no paths: half the size, and the same bytes on every machine.
export CGO_ENABLED=0 GOFLAGS='-tags=lambda.norpc -trimpath "-ldflags=-s -w -buildid="'

# One go build for all first: the builders run side by side, and on a cold cache
# each would compile every dependency again.
goarch=${arch/x86_64/amd64}
GOOS=linux GOARCH=$goarch go build -o /dev/null ./functions/...

mkdir -p "$(dirname "$out")"
"$venv/bin/sam" build --parameter-overrides "Architecture=$arch" --build-dir "$out" >"$out.log" 2>&1 ||
	{ cat "$out.log" >&2; exit 1; }
