#!/usr/bin/env bash
# Everything that is tested, what fails soonest first. It ends with how many
# tests passed and failed in all; one that was skipped counts as failed, since a
# check that did not run proves nothing.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"
reports=$root/.cache/reports
rm -rf "$reports" && mkdir -p "$reports"

# Go keeps what it compiled by the flags it was compiled with, and the provider's
# client takes minutes. So there are three sets of flags and no more: with the
# race detector, for all tests and for vet and its tool; and as Lambda gets
# the functions (scripts/build.sh), for this machine and for arm64.
lint() { GOFLAGS="${GOFLAGS:-} -race" scripts/lint.sh; }
go_test() { scripts/tool.sh gotestsum gotest.tools/gotestsum "$@"; }

step() { # title, command…
	local title=$1 start=$SECONDS before
	before=$(cpu_seconds)
	shift
	say "== $title"
	"$@" || { say "== $title: FAILED"; summary; exit 1; }
	say "== $title: $((SECONDS - start)) s ($(($(cpu_seconds) - before)) s of processor time)"
}
# cpu_seconds is the processor time of all commands that have ended.
cpu_seconds() { awk '{ printf "%d\n", ($16 + $17) / 100 }' /proc/$$/stat; }
summary() { "$venv/bin/python" scripts/summary.py "$reports"; }

formatted() {
	local files
	files=$(git ls-files -z '*.go' | xargs -0 gofmt -l)
	[ -z "$files" ] || { echo "not formatted (make fmt): $files"; return 1; }
}

template() {
	"$venv/bin/sam" validate --lint --region eu-central-1 &&
		"$venv/bin/python" -m pytest -q -p no:cacheprovider --junitxml="$reports/template.xml" test/template
}

template_ended() {
	local status=0
	wait "$template_tests" || status=$?
	cat .cache/template.log
	return $status
}

# One run for everything that `go test` can do in a process of its own: Chromium,
# moto, curl, HTTPie, Node and botocore, without which these files are not
# compiled, have to be there. The longest package is named first, so that it begins
# first. vet was the linter's.
go_tests() {
	MOTO_SERVER="$venv/bin/moto_server" HTTPIE="$venv/bin/http" PYTHON="$venv/bin/python" go_test --format pkgname --junitfile "$reports/go.xml" -- \
		-race -vet=off -tags chromium,moto,readme,sigv4 -timeout 60m -coverpkg=./internal/... -coverprofile=.cache/cover.out ./test/api ./...
}

# The API once more, against a tenant with rate limits, an index that lags, answers that
# fail now and then, and others in the odd forms that real tenants have: but for the tests
# that set such failures or forms themselves, and calm the tenant down before.
rough() {
	go_test --format pkgname --junitfile "$reports/rough.xml" -- -race -vet=off -timeout 60m ./test/api -skip 'SurvivesTheProvider|Mutations' -args -rough -quirks
}

coverage() {
	go tool cover -func=.cache/cover.out | tail -1 |
		awk '{ sub(/%/, "", $3); printf "coverage of internal/ in all: %s%%\n", $3; exit ($3 < 96) }' ||
		{ echo "that is less than 96%"; return 1; }
}

functions_as_built() {
	scripts/build.sh arm64 .aws-sam/arm64 && scripts/sizes.sh .aws-sam/arm64
}

# From nothing only what does not link the provider's client, which takes minutes:
# `make reproduce` does it for all.
reproducible() { scripts/reproduce.sh arm64 .aws-sam/arm64 authorizer; }

bill_of_materials() {
	scripts/sbom.sh .aws-sam/arm64 >.aws-sam/usher.cdx.json &&
		FUNCTIONS=.aws-sam/arm64 SBOM=.aws-sam/usher.cdx.json \
			"$venv/bin/python" -m pytest -q -p no:cacheprovider --junitxml="$reports/sbom.xml" test/sbom
}

sam_local() {
	go_test --format testname --junitfile "$reports/samlocal.xml" -- -race -vet=off -tags samlocal -count=1 -timeout 60m ./test/samlocal
}

# The template and the functions, deployed to an emulator of AWS.
stack() { scripts/stack.sh --junitxml="$reports/stack.xml"; }

# Says of each dependency whether a known hole in it is reachable from here.
# Its database is not to be had everywhere; that is no failure of this code.
vulnerabilities() {
	local out=.cache/govulncheck.txt
	if timeout 900 scripts/tool.sh govulncheck golang.org/x/vuln/cmd/govulncheck ./... >"$out" 2>&1; then
		tail -1 "$out"
	elif grep -qE 'dial tcp|no such host|lookup |HTTP GET|connection refused|i/o timeout|unexpected status' "$out"; then
		echo "NOT CHECKED: govulncheck could not reach its database ($(tail -1 "$out"))"
	else
		cat "$out"
		return 1
	fi
}

step "format" formatted
template >.cache/template.log 2>&1 & # it takes one core for a minute or two; the linter does with the other
template_tests=$!
at_exit "wait $template_tests"
step "lint" lint
step "template, beside the linter" template_ended
step "go test" go_tests
step "coverage" coverage
step "go test, with a rough tenant" rough
step "functions: build and size" functions_as_built
step "functions: the same bytes again" reproducible
step "functions: bill of materials" bill_of_materials
step "functions in sam local" sam_local
step "the stack on MiniStack" stack
step "known vulnerabilities" vulnerabilities
summary
