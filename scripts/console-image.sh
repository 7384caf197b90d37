#!/usr/bin/env bash
# Builds the image of the console with Docker: console-image.sh [TAG]
# With "check" in place of a tag, it also starts a container and asks it for its pages.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"
tag=${1:-usher-console}
[ "$tag" != check ] || tag=usher-console-check
need_docker

context=$(mktemp -d)
at_exit "rm -rf '$context'"
CGO_ENABLED=0 go build -trimpath -ldflags=-s -o "$context/console" ./cmd/console
cp -L /etc/ssl/certs/ca-certificates.crt "$context/"
docker build --quiet --file cmd/console/Containerfile --tag "$tag" "$context" >/dev/null
[ "${1:-}" = check ] || { say "built $tag"; exit 0; }
at_exit "docker image rm --force $tag >/dev/null"

[ "$(docker image inspect --format '{{.Config.User}}' "$tag")" = 65532:65532 ] || die "the image runs as root"
echo '{"connections": ["staff"]}' >"$context/policy.json"
chmod 755 "$context" && chmod 644 "$context/policy.json"
container=$(docker run --detach --read-only --cap-drop ALL --publish 127.0.0.1::8080 --env AWS_REGION=eu-central-1 \
	--volume "$context/policy.json:/policy.json:ro" "$tag" \
	-url https://console.example.com -usher https://usher.example.com/live -policy /policy.json)
at_exit "docker rm --force $container >/dev/null"
address=$(docker port "$container" 8080/tcp | head -1)
for _ in $(seq 100); do
	answer=$(curl -s "http://$address/health" || true)
	[ "$answer" != ok ] || break
	sleep 0.2
done
[ "$answer" = ok ] || die "the container does not answer: $(docker logs "$container" 2>&1)"
curl -s "http://$address/" | grep -q "Sign in to the console" || die "the container has no start page"
say "the image of the console starts, and does not run as root"
