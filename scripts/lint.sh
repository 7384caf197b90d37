#!/usr/bin/env bash
# golangci-lint as .golangci.yml says, at the version of tools/go.mod.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/tool.sh golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint run ./...
