# shellcheck shell=bash
# Shared by the scripts here; to be sourced, under `set -euo pipefail`.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export venv=$root/.venv checkov=$root/.venv-checkov ministack=$root/.venv-ministack
export schemathesis=$root/.venv-schemathesis

# No script sends anything about its use anywhere.
export SAM_CLI_TELEMETRY=0

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
die() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }
# has asks for a program; a function of the same name is none.
has() { type -P "$1" >/dev/null; }

# What computes for long: jobs that die at each of their writes, jobs of thousands of records, and a
# policy of each set of groups. `make test` runs these tests once, without the race detector.
export computes='Test[A-Za-z]*UnderCrashes|Test[A-Za-z]*SurviveDeaths|TestLargeResults|TestFiveThousandImports|TestPolicyAllowsOnlyRoutesOfScopes'

as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)

# host_arch says what this machine is in Lambda's words.
host_arch() {
	case $(uname -m) in
	x86_64 | amd64) echo x86_64 ;;
	aarch64 | arm64) echo arm64 ;;
	*) die "Lambda has no processor like this machine's $(uname -m)" ;;
	esac
}

# for_lambda tells every `go build` from here on how Lambda gets the functions. SAM's
# builder runs a plain one, so all that it is to know comes by environment:
# - static, or the binary does not start on a minimal image;
# - no RPC mode, which only the retired go1.x runtime used;
# - no symbols and no paths: half the size, and the same bytes in every folder;
# - functions begin at multiples of 8 bytes on both processors. The linker's 32 for x86-64 is 1.2 % more;
# - no commit: a function's bytes are those of its sources, so that a change of
#   anything else deploys none. The SBOM says which commit they are of.
# - the oldest processors that Lambda has, whatever this machine's own setting is;
# - and none of the compiler's experiments or frozen cryptography that it may have set.
for_lambda() { # ARCH
	export CGO_ENABLED=0 GOOS=linux GOARCH=${1/x86_64/amd64} GOAMD64=v1 GOARM64=v8.0
	export GOEXPERIMENT='' GOFIPS140=off
	export GOFLAGS='-tags=lambda.norpc -trimpath -buildvcs=false "-ldflags=-s -w -buildid= -funcalign=8"'
}

# for_lambda_here is for_lambda with this machine's processor and system: for programs that
# run here, and share what Go has compiled for the functions.
for_lambda_here() {
	for_lambda "$(host_arch)"
	GOOS=$(go env GOHOSTOS)
}

# at_exit adds a command to those that run, last one first, when the script ends.
exit_commands=()
at_exit() { exit_commands+=("$*"); }
run_exit_commands() {
	local status=$? i
	trap '' INT TERM
	set +e
	for ((i = ${#exit_commands[@]} - 1; i >= 0; i--)); do eval "${exit_commands[i]}"; done
	exit "$status"
}
trap run_exit_commands EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# background starts a command in a new process group, so that Ctrl-C
# leaves it to at_exit, which ends things in their order.
background() {
	setsid "$@" </dev/null &
	at_exit "stop_group $!"
}

# stop_group ends a process group, by force after 5 minutes.
stop_group() {
	kill -TERM -- "-$1" 2>/dev/null || return 0
	for _ in $(seq 3000); do
		kill -0 -- "-$1" 2>/dev/null || return 0
		sleep 0.1
	done
	kill -KILL -- "-$1" 2>/dev/null
}

# wait_for waits until a program that runs in the background is ready, as a command says.
# It fails when the program ends, or after 10 minutes, which only a hang reaches.
wait_for() { # PID, command…
	local pid=$1 end=$((SECONDS + 600))
	shift
	until "$@" >/dev/null 2>&1; do
		jobs -pr | grep -x "$pid" >/dev/null && [ $SECONDS -lt $end ] || return 1
		sleep 0.2
	done
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# build_local builds the local server with the flags of the functions, which `make test` has compiled.
build_local() { (for_lambda_here && go build -o .cache/bin/local ./cmd/local); }

# start_local starts it with a new tenant on free ports, and sets their addresses: url and tenant.
start_local() { # its -auth, log
	local port tenant_port
	port=$(free_port) tenant_port=$(free_port)
	url=http://127.0.0.1:$port tenant=http://127.0.0.1:$tenant_port
	background .cache/bin/local -auth "$1" -addr "127.0.0.1:$port" -tenant-addr "127.0.0.1:$tenant_port" >"$2" 2>&1
	wait_for $! curl -sf "$url/openapi.yaml" || die "the local server did not start: $(cat "$2")"
}

# front_end_token gets a bearer token of the local tenant's front-end.
front_end_token() {
	curl -sf "$tenant/oauth/token" -d grant_type=client_credentials -d audience=https://usher.example/ \
		-d client_id=local-frontend -d client_secret=local-frontend-secret | sed -E 's/.*"access_token":"([^"]+)".*/\1/'
}

# need_docker sees to a Docker engine: the one that runs, or a new one that
# ends with the script.
need_docker() {
	docker version >/dev/null 2>&1 && return
	if [ "$(uname)" != Linux ] || ! PATH=$PATH:/usr/sbin has dockerd; then
		die "Docker's engine does not answer: start it"
	fi
	say "starting dockerd for the time being"
	mkdir -p "$root/.cache"
	# Its log goes to a file, or a reader of our output would wait for it, too.
	"${as_root[@]}" env PATH="$PATH:/usr/sbin" setsid dockerd </dev/null >"$root/.cache/dockerd.log" 2>&1 &
	at_exit "${as_root[*]} kill -TERM $!; wait $!"
	wait_for $! docker version || die "dockerd did not start; see .cache/dockerd.log"
}
