#!/usr/bin/env bash
# Builds the functions again, elsewhere, and holds the bytes to those that
# scripts/build.sh made: reproduce.sh ARCH FOLDER [FUNCTION…]
#
# Elsewhere is a copy of the sources at another path, without a repository around it
# and without SAM. What Go has compiled before it does not compile again, whatever the
# path; so the functions that are named (all: every one) are built once more from
# nothing, with an empty cache, and with the modules at another path too.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
arch=$1 built=$(realpath "$2")
shift 2
cd "$root"
elsewhere=$(mktemp -d)
at_exit "rm -rf '$elsewhere'"
for_lambda "$arch"

mkdir "$elsewhere/sources" "$elsewhere/built" "$elsewhere/cold"
cp -R go.mod go.sum functions internal "$elsewhere/sources"
ln -s "$(go env GOMODCACHE)" "$elsewhere/modules"
cd "$elsewhere/sources"

say "building $(find functions -name main.go | wc -l) functions again"
go build -o "$elsewhere/built/" ./functions/...
[ "${1:-}" != all ] || set -- ...
if [ $# -gt 0 ]; then
	say "and from nothing: $*"
	GOCACHE=$elsewhere/cache GOMODCACHE=$elsewhere/modules go build -o "$elsewhere/cold/" "${@/#/./functions/}"
fi

# Both lists are "HASH  NAME"; what is left is what is not the same.
"$root/scripts/hashes.sh" "$built" >"$elsewhere/hashes"
again=$(cd "$elsewhere" && find built cold -type f -exec sha256sum {} + | sed 's|  .*/|  |')
[ "$(wc -l <<<"$again")" -ge "$(wc -l <"$elsewhere/hashes")" ] || die "not all functions were built again"
others=$(grep -vxFf "$elsewhere/hashes" <<<"$again" | cut -c 67- | sort -u) || true
[ -z "$others" ] || die "these have other bytes when they are built again:" $others
say "the same bytes, with $(go env GOVERSION)"
