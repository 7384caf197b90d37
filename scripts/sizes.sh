#!/usr/bin/env bash
# Holds the built functions to their size, 10 MB unpacked, and 12.5 MB for those of jobs, which link two more
# clients of AWS: sizes.sh [FOLDER] [NUMBER]
# A bigger binary is a slower cold start, and mostly an unintended import: see docs/sizes.md. NUMBER says how
# many functions there have to be; without it, all.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
out=${1:-$root/.aws-sam/build} want=${2:-$(find "$root/functions" -name main.go | wc -l)} bad=0 n=0
for binary in "$out"/*/bootstrap; do
	[ -e "$binary" ] || die "no functions in $out: run \`make build\`"
	name=$(basename "$(dirname "$binary")") size=$(wc -c <"$binary") limit=10000000
	! grep -q '"usher/internal/boot/withjobs"' "$root/functions/${name,,}/main.go" || limit=12500000
	printf '%-16s %6.2f MB\n' "$name" "$(echo "$size" | awk '{print $1 / 1e6}')"
	[ "$size" -le $limit ] || { echo "  over $(echo $limit | awk '{print $1 / 1e6}') MB" >&2; bad=1; }
	n=$((n + 1))
done
[ $n = "$want" ] || die "$n binaries for $want functions"
exit $bad
