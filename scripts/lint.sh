#!/usr/bin/env bash
# tools/lint as a tool of `go vet`, with vet's own checks: on all files, those that
# `make check` does not compile among them. What has not changed is not looked at again.
set -euo pipefail
cd "$(dirname "$0")/.."
(cd tools && GOFLAGS='' CGO_ENABLED=0 go build -trimpath -buildvcs=false -o ../.cache/bin/lint ./lint)
tags=chaos,chromium,moto,readme,samlocal,sigv4
go vet -tags "$tags" ./...
go vet -tags "$tags" -vettool="$PWD/.cache/bin/lint" ./...
