#!/usr/bin/env bash
# Deploys the template and the functions to MiniStack, an emulator of AWS, on
# loopback and without Docker, and tests what is deployed: stack.sh [pytest's arguments]
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"
[ -x "$ministack/bin/ministack" ] || die "MiniStack is missing: run \`make setup\`"

# As Lambda gets them, but all by one `go build` for this machine, which runs them:
# SAM's builder would link each with a separate start.
out=.aws-sam/stack
mkdir -p "$out"
(for_lambda "$(host_arch)" && GOOS=$(go env GOHOSTOS) go build -o "$out/" ./functions/...)
CGO_ENABLED=0 GOFLAGS=-trimpath go build -o "$out/localtenant" ./cmd/localtenant

background "$venv/bin/python" -m pytest -q -p no:cacheprovider "$@" test/stack
wait "$!"
