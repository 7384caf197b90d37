#!/usr/bin/env bash
# Builds every function as Lambda gets it: build.sh [arm64|x86_64] [FOLDER]
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
arch=${1:-arm64} out=${2:-$root/.aws-sam/build}
cd "$root"
[ -x "$venv/bin/sam" ] || die "SAM CLI is missing: run \`make setup\`"

for_lambda "$arch"

# One go build for all first: the builders run side by side, and on a cold cache
# each would compile every dependency again.
go build -o /dev/null ./functions/...

mkdir -p "$(dirname "$out")"
"$venv/bin/sam" build --parameter-overrides "Architecture=$arch" --build-dir "$out" >"$out.log" 2>&1 ||
	{ cat "$out.log" >&2; exit 1; }
