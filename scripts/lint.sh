#!/usr/bin/env bash
# golangci-lint as .golangci.yml says, at the version of tools/go.mod.
set -euo pipefail
cd "$(dirname "$0")/.."
# Built and compiled as the functions are (scripts/build.sh), so that the two
# share what Go keeps of the dependencies.
export CGO_ENABLED=0 GOFLAGS="${GOFLAGS:-} -trimpath"
go tool -modfile=tools/go.mod golangci-lint run ./...
