#!/usr/bin/env bash
# Cancels all jobs of a stack, waits for their workers, and deletes their data: jobs-drain.sh STACK
# Region and credentials are those of the AWS CLI.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# = 1 ] || die "name the stack"
[ -x "$venv/bin/python" ] || die "Python's tools are missing: run \`make setup\`"
"$venv/bin/python" "$root/scripts/jobs_drain.py" "$1"
