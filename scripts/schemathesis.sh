#!/usr/bin/env bash
# Property-based tests of the local server by its contract: SEED=1 schemathesis.sh
# It takes about two minutes.
# What is exempt, and why, is in test/schemathesis/hooks.py.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"
seed=${SEED:-1}
out=$root/.cache/schemathesis
rm -rf "$out" && mkdir -p "$out" .cache/bin

build_local

# start_server starts one with a new tenant, for a phase. It sets url, TOKEN and JOB.
start_server() { # name
	local id
	start_local bearer "$out/$1-server.log"
	for id in 65e19a1000000000000001{00..59}; do # to be deleted: see hooks.py
		curl -sf "$tenant/_tenant/users" -d "{\"user_id\":\"auth0|$id\",\"email\":\"$id@example.com\"}" >/dev/null
	done
	TOKEN=$(front_end_token)
	JOB=$(curl -sf -X POST -H "Authorization: Bearer $TOKEN" "$url/user-exports" | sed 's/.*"id":"\([0-9a-f]*\)".*/\1/')
	export TOKEN JOB
}

# run lets schemathesis generate requests, with a new tenant. Its report is in .cache/schemathesis.
run() { # name, options…
	local name=$1 status=0
	shift
	start_server "$name"
	PYTHONPATH=test/schemathesis PYTHONDONTWRITEBYTECODE=1 SCHEMATHESIS_HOOKS=hooks "$schemathesis/bin/st" --no-color \
		--config-file test/schemathesis/schemathesis.toml run "$url/openapi.yaml" --seed "$seed" --checks all \
		--phases examples,coverage,fuzzing,stateful "$@" >"$out/$name.txt" 2>&1 || status=$?
	if [ $status != 0 ]; then cat "$out/$name.txt"; fi
	echo "schemathesis, $name requests: $(grep -A1 '^Test cases:' "$out/$name.txt" | tail -1), seed $seed"
	return $status
}

run "valid and invalid" -n 35
run valid --mode positive -n 30
