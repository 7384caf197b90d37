#!/usr/bin/env bash
# Builds functions again, elsewhere, and holds the bytes to those that scripts/build.sh
# made: reproduce.sh ARCH FOLDER [FUNCTION…]
#
# Elsewhere is a copy of the sources at another path, without a repository around it
# and without SAM. The functions that are named use what Go has compiled before. Where none
# is named, every one is built from nothing: with an empty cache, and with the modules at
# another path, too.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
arch=$1 built=$(realpath "$2")
shift 2
cd "$root"
elsewhere=$(mktemp -d)
at_exit "rm -rf '$elsewhere'"
for_lambda "$arch"

mkdir "$elsewhere/sources" "$elsewhere/built"
cp -R go.mod go.sum functions internal "$elsewhere/sources"
if [ $# = 0 ]; then
	ln -s "$(go env GOMODCACHE)" "$elsewhere/modules"
	export GOCACHE=$elsewhere/cache GOMODCACHE=$elsewhere/modules
	set -- ...
fi
(cd "$elsewhere/sources" && go build -o "$elsewhere/built/" "${@/#/./functions/}")

# Both lists are "HASH  NAME"; what is left is what is not the same.
scripts/hashes.sh "$built" >"$elsewhere/hashes"
again=$(cd "$elsewhere/built" && sha256sum -- *)
[ "$1" != ... ] || [ "$(wc -l <<<"$again")" = "$(wc -l <"$elsewhere/hashes")" ] || die "not all functions were built again"
others=$(grep -vxFf "$elsewhere/hashes" <<<"$again" | cut -c 67-) || true
[ -z "$others" ] || die "these have other bytes when they are built again:" "$others"
say "$(wc -l <<<"$again") functions have the same bytes again, with $(go env GOVERSION)"
