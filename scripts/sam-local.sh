#!/usr/bin/env bash
# The service as Lambdas on this machine: builds the functions, and serves them
# with `sam local start-api` against the local tenant and a stand-in of Secrets
# Manager (moto) that holds the tenant's credentials. Ctrl-C ends it all.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

# A container may be slow to start on a busy machine.
export SAM_CLI_CONTAINER_CONNECTION_TIMEOUT=600

usage='usage: sam-local.sh [--port N] [--tenant-port N] [--secrets-port N] [--cold] [--out FOLDER] [--no-build]
  --cold       a new container for every call, instead of one kept per function
  --out        where the built functions go
  --no-build   serve what is there already'
port=3000 tenant_port=3001 secrets_port=3002 warm=LAZY build=yes out=$root/.aws-sam/local
while [ $# -gt 0 ]; do
	case $1 in
	--port) port=$2 && shift ;;
	--tenant-port) tenant_port=$2 && shift ;;
	--secrets-port) secrets_port=$2 && shift ;;
	--out) out=$2 && shift ;;
	--cold) warm= ;;
	--no-build) build= ;;
	*) die "$usage" ;;
	esac
	shift
done
cd "$root"
[ -x "$venv/bin/sam" ] || die "SAM CLI is missing: run \`make setup\`"
need_docker

# Containers and the browser both have to reach the tenant under one name, since
# its tokens carry it: Docker's bridge is an address of this machine, and of
# nobody else's.
bridge=$(docker network inspect bridge --format '{{range .IPAM.Config}}{{.Gateway}}{{end}}')
bridge=${bridge:-172.17.0.1}
[ "$(uname)" = Linux ] || die "containers reach this machine under 172.17.0.1 on Linux only; elsewhere use \`make run\`, or \`sam local start-api\` with a tenant of your own"

# Without its interface the bridge's address belongs to the network outside.
grep -A1 -- "-- $bridge\$" /proc/net/fib_trie | grep -q 'host LOCAL' || die "Docker's bridge $bridge is not up: restart Docker"

answers() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }
for taken in "127.0.0.1 $port" "$bridge $tenant_port" "$bridge $secrets_port"; do
	# shellcheck disable=SC2086
	! answers $taken || die "${taken/ /:} is in use already"
done

arch=$(host_arch)
mkdir -p .cache
if [ "$build" ]; then
	say "building the functions for $arch"
	scripts/build-here.sh "$out"
fi
[ -x "$out/localtenant" ] || die "nothing is built in $out"
image=$(scripts/base-image.sh "$arch")

callbacks=http://127.0.0.1:$port/callback,http://localhost:$port/callback
background "$out/localtenant" -addr "$bridge:$tenant_port" \
	-callback "${callbacks%,*}" -callback "${callbacks#*,}" >".cache/tenant-$tenant_port.log" 2>&1
tenant=$!
background "$venv/bin/moto_server" -H "$bridge" -p "$secrets_port" >".cache/secrets-$secrets_port.log" 2>&1
secrets=$!
wait_for "$tenant" answers "$bridge" "$tenant_port" || { cat ".cache/tenant-$tenant_port.log" >&2; die "the local tenant did not start"; }
wait_for "$secrets" answers "$bridge" "$secrets_port" || { cat ".cache/secrets-$secrets_port.log" >&2; die "moto did not start"; }

# Whatever credentials this machine has for AWS are none of the functions' business.
unset AWS_PROFILE AWS_SESSION_TOKEN
export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=eu-central-1 AWS_REGION=eu-central-1
endpoint=http://$bridge:$secrets_port
secret=$("$venv/bin/python" - "$endpoint" "http://$bridge:$tenant_port" <<'PY'
import json, sys, boto3
endpoint, domain = sys.argv[1:]
credentials = {"domain": domain, "client_id": "usher-local", "client_secret": "usher-local-secret"}
manager = boto3.client("secretsmanager", endpoint_url=endpoint)
print(manager.create_secret(Name="usher/local", SecretString=json.dumps(credentials))["ARN"])
PY
)

# Kept containers outlive SAM; they are known by what they have mounted.
remove_containers() {
	local id
	for id in $(docker ps -aq --filter label=sam.cli.container.type=lambda); do
		docker inspect --format '{{range .Mounts}}{{.Source}}{{"\n"}}{{end}}' "$id" | grep -q "^$out/" &&
			docker rm -f "$id" >/dev/null
	done
}
[ -z "$warm" ] || at_exit remove_containers

# shellcheck disable=SC2086
background "$venv/bin/sam" local start-api --template "$out/template.yaml" --host 127.0.0.1 --port "$port" $image \
	${warm:+--warm-containers $warm} --parameter-overrides \
	"Architecture=$arch SecretArn=$secret SecretsManagerEndpoint=$endpoint SecretTtl=${SECRET_TTL:-5m} LogLevel=${LOG_LEVEL:-info} RedirectUris=$callbacks PostLogoutRedirectUris=http://127.0.0.1:$port/,http://localhost:$port/ ResultUrls=http://127.0.0.1:$port/,http://localhost:$port/"
sam=$!
wait_for "$sam" answers 127.0.0.1 "$port" || die "sam local start-api did not start"

say "
Usher, as Lambdas, is at http://127.0.0.1:$port
  try         curl http://127.0.0.1:$port/users
  tenant      http://$bridge:$tenant_port (client usher-local, secret usher-local-secret; log in .cache/tenant-$tenant_port.log)
  secrets     $endpoint (moto; the credentials are in $secret)
Ctrl-C ends it."
wait "$sam"
