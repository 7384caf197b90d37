#!/usr/bin/env bash
# Generates a client from the contract and compiles it, or runs an example with its client:
#
#	client.sh generate typescript|go|python|hey-api|java|ogen
#	client.sh run typescript|go|python    (USHER_URL is the server)
#
# For the three languages it runs the commands that docs/clients.md prints. What is in
# .cache/clients is kept until the contract, a tool or its configuration changes.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"
action=$1 tool=$2
contract=$(realpath "${CONTRACT:-api/openapi.yaml}")
client=$root/.cache/clients/$tool

# printed prints a section's n-th block of shell commands.
printed() { # language, n
	awk -v section="$1" -v n="$2" '
		/^## / { here = tolower(substr($0, 4)) == section; next }
		/^```/ { if (inside && shown) exit; inside = !inside; shown = here && $0 == "```sh" && ++blocks == n; next }
		inside && shown' docs/clients.md
}

# inputs prints all that decides the result.
inputs() {
	sha256sum "$contract" scripts/client.sh
	git ls-files -co --exclude-standard -z "$configuration" | xargs -0 sha256sum
	case $tool in
	typescript | hey-api) node --version ;;
	go | ogen) go version ;;
	python) python3 --version ;;
	java) javac -version ;;
	esac
	printed "$tool" 1
}

# The generators. Each works in the client's folder, which has its configuration and the contract.

hey-api() {
	npm ci --ignore-scripts --silent --no-audit --no-fund
	npx openapi-ts -i openapi.yaml -o usher
	npx tsc --strict --noEmit --skipLibCheck --target es2022 --module esnext --moduleResolution bundler --types node usher/index.ts
}

java() {
	mvn -q -B --strict-checksums org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory=jars
	(cd jars && sha256sum --check --quiet ../SHA256SUMS)
	command java -jar jars/openapi-generator-cli-*.jar generate -i openapi.yaml -g java --library native -o usher \
		--global-property models,apis,supportingFiles,apiTests=false,modelTests=false,apiDocs=false,modelDocs=false
	find usher/src/main/java -name '*.java' >sources
	javac -nowarn -proc:none -d classes -cp 'jars/*' @sources
}

# ogen's client is generated only: it takes minutes to compile.
ogen() {
	go tool ogen --target usher --package usher --clean openapi.yaml
	test -s usher/oas_client_gen.go
}

generate() {
	case $tool in
	typescript | go | python) configuration=examples/clients/$tool ;;
	*) configuration=tools/clients/$tool ;;
	esac
	local stamp
	stamp=$(inputs | sha256sum)
	if [ "$stamp" = "$(cat "$client/.stamp" 2>/dev/null)" ]; then
		echo "nothing has changed"
		return
	fi
	rm -rf "$client" && mkdir -p "$client"
	git ls-files -co --exclude-standard -z "$configuration" | xargs -0 cp -t "$client"
	cp "$contract" "$client/openapi.yaml"
	cd "$client"
	case $tool in
	typescript | go | python) bash -euo pipefail -xc "$(cd "$root" && printed "$tool" 1)" ;;
	*) "$tool" ;;
	esac
	echo "$stamp" >"$client/.stamp"
}

run() {
	local commands
	commands=$(printed "$tool" 2)
	[[ $commands == *http://127.0.0.1:3000* ]]
	cd "$client"
	bash -euo pipefail -c "${commands//http:\/\/127.0.0.1:3000/$USHER_URL}"
}

"$action"
