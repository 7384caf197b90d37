#!/usr/bin/env bash
# Runs a program that tools/go.mod pins: tool.sh NAME PACKAGE [ARGUMENT…]
#
# `go tool` would do, but for GOFLAGS: those of the caller are for what the tool
# looks at, and the tool itself is not to be built with a race detector in it.
set -euo pipefail
cd "$(dirname "$0")/.."
name=$1 package=$2
shift 2
GOFLAGS='' CGO_ENABLED=0 go build -trimpath -buildvcs=false -modfile=tools/go.mod -o ".cache/bin/$name" "$package"
exec ".cache/bin/$name" "$@"
