#!/usr/bin/env bash
# Sees to what `make test` and `make sam-local` need beside Go and Make: on
# Debian it installs what is missing, elsewhere it names it: setup.sh [python|docker|clients|all]
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin

missing=() packages=()
need() { # what for, Debian's package, test…
	local what=$1 package=$2
	shift 2
	"$@" >/dev/null 2>&1 && return
	missing+=("$what")
	packages+=("$package")
}
browser() { has chromium || has chromium-browser || has google-chrome || [ -e "/Applications/Google Chrome.app" ]; }
engine() { has docker && { docker version || has dockerd; }; }
stand_in() { [ "$(uname)" != Linux ] || busybox --list; }
c_compiler() { has cc || has gcc || has clang; }
node_and_npm() { node -e "process.exit(parseInt(process.versions.node) < $1 ? 1 : 0)" && npm --version; } # the oldest version
certificates() { [ "$(uname)" != Linux ] || [ -e /etc/ssl/certs/ca-certificates.crt ]; }

# What for: "python" is enough to build and deploy, "docker" to serve the
# functions here, "clients" for `make clients`; all of it is for `make test`.
purpose=${1:-all}

check_all() {
	missing=() packages=()
	need "Python 3.11 or newer, with venv" "python3 python3-venv" python3 -c 'import ensurepip, sys; assert sys.version_info >= (3, 11)'
	[ "$purpose" = python ] && return
	if [ "$purpose" = clients ]; then
		need "certificate authorities" ca-certificates certificates
		need "curl (to wait for the local server)" curl has curl
		need "Node.js 20 or newer, with npm (for clients in TypeScript)" "nodejs npm" node_and_npm 20
		need "a JDK 11 or newer (for a client in Java)" default-jdk-headless javac -version
		need "Maven (for a client in Java)" maven mvn -version
		return
	fi
	need "Docker with its engine (for sam local)" docker.io engine
	need "busybox (for a base image where the real one cannot be had)" busybox-static stand_in
	need "certificate authorities" ca-certificates certificates
	[ "$purpose" = docker ] && return
	need "curl (for the README's lines)" curl has curl
	need "Node.js 20 or newer, with npm (for the example of a signed call, and the state machine)" "nodejs npm" node_and_npm 20
	need "a C compiler (for Go's race detector)" "gcc libc6-dev" c_compiler
	need "Chromium or Chrome (for the sign-in test)" chromium browser
	need "strace (for the test that starting does no I/O)" strace has strace
}

has go || die "Go is missing: install the version that go.mod names"
check_all
if [ ${#missing[@]} -gt 0 ] && has apt-get && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; then
	say "installing: ${packages[*]}"
	export DEBIAN_FRONTEND=noninteractive
	"${as_root[@]}" apt-get update -qq
	# shellcheck disable=SC2048,SC2086
	"${as_root[@]}" apt-get install -y -qq --no-install-recommends ${packages[*]} >/dev/null
	check_all
fi
if [ ${#missing[@]} -gt 0 ]; then
	printf 'missing: %s\n' "${missing[@]}" >&2
	die "install these with your system's package manager (on Debian: apt-get install ${packages[*]})"
fi

# python_environment keeps one in step with what is pinned for it.
python_environment() { # folder, requirements
	cmp -s "$root/$2" "$1/.requirements.txt" && return
	say "installing the Python tools of $2 into $(basename "$1")"
	rm -rf "$1"
	python3 -m venv "$1"
	"$1/bin/pip" install --quiet --disable-pip-version-check -r "$root/$2"
	cp "$root/$2" "$1/.requirements.txt"
}
beside=()
if [ "$purpose" = all ]; then
	python_environment "$checkov" tools/checkov.txt &
	beside+=($!)
	python_environment "$ministack" tools/ministack.txt &
	beside+=($!)
fi
python_environment "$venv" tools/requirements.txt
[ "$purpose" != clients ] || python_environment "$schemathesis" tools/schemathesis.txt
for other in "${beside[@]}"; do wait "$other"; done

# npm_packages keeps a folder's packages in step with its lock file.
npm_packages() { # folder
	cmp -s "$root/$1/package-lock.json" "$root/$1/node_modules/.installed.json" && return
	say "installing the packages of $1"
	npm ci --prefix "$root/$1" --silent --ignore-scripts --no-audit --no-fund
	cp "$root/$1/package-lock.json" "$root/$1/node_modules/.installed.json"
}
if [ "$purpose" = all ]; then
	npm_packages examples/sigv4/node # for a signed call: ten small packages
	npm_packages tools/asl           # the validator of the state machine
	npm_packages tools/axe           # axe-core, for the accessibility of the console
fi
