#!/usr/bin/env bash
# Everything that is tested, what fails soonest first. It ends with how many tests passed
# and failed in all; one that was skipped counts as failed, since a check that did not run
# proves nothing.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"
reports=$root/.cache/reports steps=$root/.cache/steps
rm -rf "$reports" "$steps" && mkdir -p "$reports" "$steps"

# The functions, built for this machine, which several steps share. They find it by this name.
export FUNCTIONS=$root/.aws-sam/test

# Go keeps what it compiled by the flags it was compiled with, and the provider's
# client takes minutes. So there are three sets of flags and no more: with the
# race detector; and as Lambda gets the functions, for this machine and for arm64.
tags=chromium,moto,readme,sigv4
with_race=(-race -vet=off -tags "$tags" -timeout 120m)
# These tests do nothing at the same time, and take up to ten times as long with the race detector. They run
# without it.
without_race="$computes|TestAWalkPast[A-Za-z]*|TestTheSameBinariesMakeTheSameBill|TestLargeRSAKeys|TestEveryCharacter|FuzzBodies"
# A program with the race detector waits a second before it ends, for reports of goroutines that
# still run. There are 80 such programs, and the tests wait for their goroutines.
export GORACE=atexit_sleep_ms=10
lint() { GOFLAGS="${GOFLAGS:-} -race" scripts/lint.sh; }
go_test() { scripts/tool.sh gotestsum gotest.tools/gotestsum --format pkgname "$@"; }

summary() { "$venv/bin/python" scripts/summary.py "$reports"; }

formatted() {
	local files
	files=$(git ls-files -z '*.go' | xargs -0 gofmt -l) || return 1 # or nothing was looked at
	[ -z "$files" ] || { echo "not formatted (make fmt): $files"; return 1; }
}

# cfn-lint and the transform of SAM are among these tests, so there is no `sam validate --lint`.
template() {
	"$venv/bin/python" -m pytest -q -p no:cacheprovider --junitxml="$reports/template.xml" test/template
}

# All that `go test` can do in separate processes: Chromium, moto, curl, HTTPie, Node and
# botocore, without which these files are not compiled, have to be there. vet was the linter's.
# The tests here and of the API drive the local tenant as well.
race() {
	local packages
	# shellcheck disable=SC2086
	packages=$(go list -tags "$tags" ./... | grep -vE '/(test/api|localtenant|localtenant/hashes|cmd/internal/console)$') &&
		MOTO_SERVER="$venv/bin/moto_server" HTTPIE="$venv/bin/http" PYTHON="$venv/bin/python" go_test --junitfile "$reports/race.xml" -- \
			"${with_race[@]}" -p 3 -skip "^($without_race)\$" -coverpkg=./internal/... -coverprofile=.cache/race.cover $packages
}

# The API, by each way that requests come, the console, the local tenant, the rotation with as many
# requests as there may be, and the tests of without_race, also those that Git does not know yet. They
# compile with the functions' flags.
calm() {
	local alone flags=(-tags lambda.norpc,chromium -vet=off -timeout 120m -covermode=atomic -coverpkg=./internal/...)
	alone=$(git grep --untracked -lE "^func ($without_race)\(" -- '*_test.go' | xargs -n 1 dirname | sort -u | sed 's|^|./|') || return 1
	# shellcheck disable=SC2086
	(for_lambda_here &&
		go_test --junitfile "$reports/calm.xml" -- "${flags[@]}" -coverprofile=.cache/calm.cover \
			./test/api ./test/rotation ./bench/quota ./localtenant ./localtenant/hashes ./cmd/internal/console &&
		go_test --junitfile "$reports/alone.xml" -- "${flags[@]}" -coverprofile=.cache/alone.cover -run "^($without_race)\$" $alone)
}

# The allocations of the functions' handlers. The race detector and the coverage would change them.
allocations() {
	(for_lambda_here && go_test --junitfile "$reports/allocations.xml" -- -vet=off -timeout 120m ./bench/internal/inprocess)
}

# Of the API one request of each operation and those that are sent at the same time, with the race detector.
race_api() {
	local name tests=(ProviderCalls OneTokenForManyFirstRequests CreateOnceAThousandTimes CreateOnceForEachFrontEnd IntrospectFollowsTheKeys ConcurrentMetadata)
	go_test --junitfile "$reports/race_api.xml" -- "${with_race[@]}" ./test/api -run "^Test($(IFS='|' && echo "${tests[*]}"))\$" || return 1
	for name in "${tests[@]}"; do
		grep -q "name=\"Test$name\"" "$reports/race_api.xml" || { echo "there is no Test$name"; return 1; }
	done
}

# The API against a tenant with rate limits, an index that lags, answers that fail now and then, and
# others in the odd forms that real tenants have: but for the tests that set such failures or forms
# themselves, and calm the tenant down before, and for those of permissions, which are decided
# before a call of the tenant.
rough() {
	(for_lambda_here && go_test --junitfile "$reports/rough.xml" -- -tags lambda.norpc -vet=off -timeout 120m ./test/api \
		-skip 'SurvivesTheProvider|Mutations|A2xxMeans|TakesItsScope$|ScopesOfPermissions' -args -rough -quirks)
}

# A short form of `make chaos`, with the functions that were built.
chaos() {
	(for_lambda_here && go_test --junitfile "$reports/chaos.xml" -- \
		-tags lambda.norpc,chaos -vet=off -timeout 60m ./test/chaos ./test/outage)
}

coverage() {
	{ cat .cache/race.cover && tail -n +2 .cache/calm.cover && tail -n +2 .cache/alone.cover; } >.cache/cover.out &&
		go tool cover -func=.cache/cover.out | tail -1 |
		awk '{ print "coverage of internal/ in all:", $3; if ($3 + 0 < 96) { print "that is less than 96%"; exit 1 } }'
}

build() { scripts/build-here.sh "$FUNCTIONS" && scripts/sizes.sh "$FUNCTIONS"; }

# One of each domain, and those that do not serve requests; `make reproduce` does it for all.
reproducible() {
	scripts/reproduce.sh "$(host_arch)" "$FUNCTIONS" \
		authorizer rotatesecret blockuser callback createrecoverycode enrollmfa getmetadata linkidentity listevents setuserroles updateuser
}

bill_of_materials() {
	scripts/sbom.sh "$FUNCTIONS" >.aws-sam/usher.cdx.json &&
		SBOM=.aws-sam/usher.cdx.json "$venv/bin/python" -m pytest -q -p no:cacheprovider --junitxml="$reports/sbom.xml" test/sbom
}

sam_local() { go_test --junitfile "$reports/samlocal.xml" -- "${with_race[@]}" -tags samlocal -count=1 ./test/samlocal; }

console_image() { scripts/console-image.sh check; }

# The template and the functions, deployed to an emulator of AWS.
stack() { scripts/stack.sh --junitxml="$reports/stack.xml"; }

# What deployments use by default. One function compiles all that the others link.
arm64() { scripts/build.sh arm64 .aws-sam/arm64 CreateUser && scripts/sizes.sh .aws-sam/arm64 1; }

# Says of each dependency whether a known hole in it is reachable from here.
# Its database is not to be had everywhere; that is no failure of this code. The program is.
vulnerabilities() {
	local out=.cache/govulncheck.txt
	scripts/tool.sh govulncheck golang.org/x/vuln/cmd/govulncheck -h >"$out" 2>&1 || { cat "$out"; return 1; }
	if timeout 900 scripts/tool.sh govulncheck golang.org/x/vuln/cmd/govulncheck ./... >"$out" 2>&1; then
		tail -1 "$out"
	elif grep -qE 'dial tcp|no such host|lookup |HTTP GET|connection refused|i/o timeout|unexpected status' "$out"; then
		echo "NOT CHECKED: govulncheck could not reach its database ($(tail -1 "$out"))"
	else
		cat "$out"
		return 1
	fi
}

step() { # title, command
	local title=$1 start=$SECONDS before
	before=$(cpu_seconds)
	say "== $title"
	"$2" || { say "== $title: FAILED"; summary; exit 1; }
	say "== $title: $((SECONDS - start)) s ($(($(cpu_seconds) - before)) s of processor time)"
}
# cpu_seconds is the processor time of all commands that have ended.
cpu_seconds() { awk '{ printf "%d\n", ($16 + $17) / 100 }' /proc/$$/stat; }

# begin starts a step that leaves a core free, beside others; end waits for it, and shows
# what it printed.
declare -A begun
begin() { # command
	set -m # in a process group, so that all that it starts can be ended
	"$1" >"$steps/$1" 2>&1 </dev/null &
	begun[$1]=$!
	set +m
	at_exit "stop_group $! 2>/dev/null"
}
end() { # title, command
	local title=$1 start=$SECONDS status=0
	wait "${begun[$2]}" || status=$?
	cat "$steps/$2"
	[ $status = 0 ] || { say "== $title: FAILED"; summary; exit 1; }
	say "== $title, beside others: $((SECONDS - start)) s more"
}

step "format" formatted
begin template
begin calm
step "lint" lint
step "go test, with the race detector" race
begin race_api
begin rough
end "go test, without the race detector" calm
# Containers come with network interfaces, at whose coming and going Chromium gives up pages:
# so they start after its tests.
step "functions: build and size" build
begin stack
begin chaos
begin arm64
begin vulnerabilities
step "functions in sam local" sam_local
step "the console in a container" console_image
step "allocations" allocations
step "coverage" coverage
step "functions: bill of materials" bill_of_materials
step "functions: the same bytes again" reproducible
end "template" template
end "the stack on MiniStack" stack
end "chaos, in short" chaos
end "go test, with the race detector, of the API" race_api
end "go test, with a rough tenant" rough
end "functions for arm64" arm64
end "known vulnerabilities" vulnerabilities
summary
