#!/usr/bin/env bash
# Calls Usher with curl 7.75 or newer, which can sign.
#
# Only for paths without escapes, and for queries that are sorted and
# percent-encoded already: older versions sign others wrongly (7.88, for one,
# takes them as they are, where the algorithm escapes a path once more and sorts
# a query). So there is no GET /users/{id} here: most ids hold a "|".
set -euo pipefail

USHER_URL=${USHER_URL:?set it to the address of Usher}
AWS_REGION=${AWS_REGION:?set it to the region of Usher}

# What curl is to know and nobody else. A session token goes with a role's key.
secrets() {
	printf 'user = "%s:%s"\n' "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY"
	[ -z "${AWS_SESSION_TOKEN:-}" ] || printf 'header = "X-Amz-Security-Token: %s"\n' "$AWS_SESSION_TOKEN"
}

call() {
	# The secrets go in by a file that only this shell has: arguments are for all to
	# see. No --location: no other host may have the session token.
	curl --silent --show-error --fail-with-body --max-time 10 \
		--config <(secrets) --aws-sigv4 "aws:amz:$AWS_REGION:execute-api" "$@"
}

call "$USHER_URL/users?email=ada%40example.com&limit=1"
call "$USHER_URL/users" -H 'Content-Type: application/json' \
	-d "{\"email\":\"${1:-curl@example.com}\",\"password\":\"Str0ng-Enough\"}"
