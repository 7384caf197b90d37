#!/usr/bin/env bash
# Deploys the template and the functions to MiniStack, an emulator of AWS, on
# loopback and without Docker, and tests what is deployed: stack.sh [pytest's arguments]
#
# FUNCTIONS is the folder of scripts/build-here.sh, if it has built already.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"
[ -x "$ministack/bin/ministack" ] || die "MiniStack is missing: run \`make setup\`"
if [ -z "${FUNCTIONS:-}" ]; then
	export FUNCTIONS=$root/.aws-sam/stack
	scripts/build-here.sh "$FUNCTIONS"
fi

background "$venv/bin/python" -m pytest -q -p no:cacheprovider "$@" test/stack
wait "$!"
