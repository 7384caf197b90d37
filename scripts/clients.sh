#!/usr/bin/env bash
# Tests the contract with the tools of those who use it: generators of clients, programs that
# call the local server with these clients, and schemathesis. It also compares the contract with
# that of the last release. It ends with how many tests passed and failed.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"
reports=$root/.cache/reports-clients logs=$root/.cache/clients/logs
rm -rf "$reports" "$logs" && mkdir -p "$reports" "$logs" .cache/bin

# check runs a command as a test, and writes its report.
check() { # name, command…
	local name=$1 start=$SECONDS failure=''
	shift
	"$@" >"$logs/$name" 2>&1 </dev/null || failure='<failure/>'
	printf '<testsuite><testcase classname="clients" name="%s" time="%d">%s</testcase></testsuite>\n' \
		"$name" $((SECONDS - start)) "$failure" >"$reports/$name.xml"
	[ -z "$failure" ] || { say "== $name: FAILED"; cat "$logs/$name"; return 0; }
	say "== $name: $((SECONDS - start)) s"
}

# fetched runs the line of docs/clients.md that gets the contract. The served one has other servers,
# and examples about a user of the local tenant.
fetched() {
	local line
	line=$(grep -E '^curl .*http://127\.0\.0\.1:3000/openapi\.yaml$' docs/clients.md)
	(cd "$logs" && bash -c "${line//http:\/\/127.0.0.1:3000/$url}") &&
		cmp <(sed -n '/^paths:/,$p' "$logs/openapi.yaml") <(sed -n '/^paths:/,$p' api/openapi.yaml | sed 's/db|66a1b2c3d4e5f60718293a4b/auth0|65e19a100000000000000001/')
}

refused() { ! "$@"; }

# The fictitious credentials of a role.
export AWS_REGION=eu-central-1 AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=secret AWS_SESSION_TOKEN=session
unset USHER_TOKEN USHER_SIGV4 AWS_PROFILE

set -m # in a process group, so that all that it starts can be ended
check schemathesis scripts/schemathesis.sh &
schemathesis_pid=$!
set +m
at_exit "stop_group $schemathesis_pid 2>/dev/null"

check contract-changes scripts/contract-changes.sh --junitxml="$reports/contract-changes-tests.xml"
for tool in typescript go python hey-api java ogen; do
	check "generate-$tool" scripts/client.sh generate "$tool"
done
check docs python3 test/clients/docs.py

build_local
for auth in none iam bearer; do
	start_local "$auth" "$logs/server-$auth"
	settings=(USHER_URL="$url")
	case $auth in
	none) check fetch-contract fetched ;;
	iam) settings+=(USHER_SIGV4=1) ;;
	bearer) settings+=(USHER_TOKEN="$(front_end_token)") ;;
	esac
	for language in typescript go python; do
		check "$language-$auth" env "${settings[@]}" scripts/client.sh run "$language"
		if [ $auth = iam ]; then
			check "$language-wrong-key" refused env "${settings[@]}" AWS_SECRET_ACCESS_KEY=wrong scripts/client.sh run "$language"
			check "$language-redirect" python3 test/clients/redirect.py env USHER_SIGV4=1 scripts/client.sh run "$language"
		fi
	done
done

wait "$schemathesis_pid"
grep -h '^schemathesis, ' "$logs/schemathesis" || true
"$venv/bin/python" scripts/summary.py "$reports"
