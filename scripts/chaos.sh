#!/usr/bin/env bash
# The tests of outages and of everything that fails at random, in full. SEED is that of the requests and of
# what goes wrong; CHAOS_REQUESTS and CHAOS_CONTAINERS run less of it, such as what a failed run prints.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"
seed=${SEED:-1} requests=${CHAOS_REQUESTS:-100000} containers=${CHAOS_CONTAINERS:-128}
for_lambda_here
run() { # package, what, arguments…
	local package=$1 what=$2
	shift 2
	say "== $what"
	go test -tags lambda.norpc,chaos -vet=off -count=1 -timeout 60m -v "$package" -run "$what" -args -seed "$seed" "$@" | grep -vE '^=== '
}
run ./test/chaos '^TestChaos$' -requests "$requests" -containers "$containers"
[ -z "${CHAOS_REQUESTS:-}" ] || exit 0
run ./test/chaos '^Test[^C]|^TestChecks' -frozen 4000 -mutants 1000000
run ./test/outage . -processes 10 -requests 10000
