#!/usr/bin/env bash
# The SHA-256 of every built function, by name: hashes.sh [FOLDER]
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
out=${1:-$root/.aws-sam/build}
for binary in "$out"/*/bootstrap; do
	[ -e "$binary" ] || die "no functions in $out: run \`make build\`"
	# SAM names the folder after the resource; in small letters it is the function.
	printf '%s  %s\n' "$(sha256sum <"$binary" | cut -d ' ' -f 1)" "$(basename "$(dirname "$binary")" | tr '[:upper:]' '[:lower:]')"
done | sort -k 2
