#!/usr/bin/env bash
# Runs a program that tools/go.mod pins: tool.sh NAME PACKAGE [ARGUMENT…]
#
# `go tool` would do, but for the caller's settings: those are for what the tool looks at.
# The tool itself is the same for all, and is not written again while another step runs it.
set -euo pipefail
cd "$(dirname "$0")/.."
name=$1 package=$2
shift 2
CGO_ENABLED=0 GOFLAGS='' GOOS='' GOARCH='' GOAMD64='' GOARM64='' GOEXPERIMENT='' GOFIPS140='' \
	go build -trimpath -buildvcs=false -modfile=tools/go.mod -o ".cache/bin/$name" "$package"
exec ".cache/bin/$name" "$@"
