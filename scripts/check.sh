#!/usr/bin/env bash
# The inner loop: what can be known with nothing but Go, without the longest tables of requests.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"
unformatted=$(git ls-files -co --exclude-standard -z '*.go' | xargs -0 gofmt -l)
[ -z "$unformatted" ] || { echo "not formatted (make fmt): $unformatted" >&2; exit 1; }
go vet ./...
go test -short -vet=off -skip "^($computes|TestMatrix|TestSectionsFailAlone|TestHashes|TestDocumentedExamples)\$" ./...
