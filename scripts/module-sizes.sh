#!/usr/bin/env bash
# Prints how many bytes each module takes in a function that reads, one that writes and the worker of jobs:
# module-sizes.sh ARCH
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"
out=$(mktemp -d)
at_exit rm -rf "$out"
(
	for_lambda "$1"
	export GOFLAGS=${GOFLAGS/-s -w/-w} # with symbols
	go build -o "$out/" ./functions/getuser ./functions/createuser ./functions/runjob
)
go run ./cmd/sizes "$out/getuser" "$out/createuser" "$out/runjob"
