#!/usr/bin/env bash
# Builds the functions as Lambda gets them: build.sh [arm64|x86_64] [FOLDER] [FUNCTION]
# The function is named as in the template; every one is built where none is named.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
arch=${1:-arm64} out=${2:-$root/.aws-sam/build} function=${3:-}
cd "$root"
[ -x "$venv/bin/sam" ] || die "SAM CLI is missing: run \`make setup\`"

for_lambda "$arch"

# What they link is compiled first, by one go build: SAM's builders run side by side, and
# on a cold cache each would compile every dependency again.
go list -deps -f '{{if ne .Name "main"}}{{.ImportPath}}{{end}}' ./functions/... | xargs go build

mkdir -p "$(dirname "$out")"
"$venv/bin/sam" build ${function:+"$function"} --parameter-overrides "Architecture=$arch" --build-dir "$out" >"$out.log" 2>&1 ||
	{ cat "$out.log" >&2; exit 1; }

# The built template takes this processor and no other, so that an answer of an
# earlier deployment is refused, and not deployed with binaries that do not run on it.
"$venv/bin/python" - "$out/template.yaml" "$arch" <<'PY'
import pathlib, re, sys
template, arch = pathlib.Path(sys.argv[1]), sys.argv[2]
parameter = r"(?m)^(  Architecture:\n    Type: String\n)    Default: .*\n    AllowedValues:\n    - arm64\n    - x86_64\n"
text, found = re.subn(parameter, rf"\1    Default: {arch}\n    AllowedValues: [{arch}]\n", template.read_text())
assert found == 1, "the built template has no such parameter"
template.write_text(text)
PY
