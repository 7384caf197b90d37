#!/usr/bin/env bash
# Sees to an image that `sam local` can run the functions on, and prints the
# options that SAM needs for it: base-image.sh ARCH
#
# The real one where it is there already or can be pulled soon. Else a stand-in
# of busybox and the certificate authorities, which is enough for a static binary:
# it proves the packaging and the events, not the base image.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
arch=$1 standin=usher/lambda-standin:$1

# SAM knows the image's name; -x86_64 and -arm64 are how it tags them.
real=$("$venv/bin/python" - "$arch" <<'PY'
import sys
from samcli.local.docker.lambda_image import LambdaImage, Runtime
print(f"{LambdaImage._INVOKE_REPO_PREFIX}/{Runtime.get_image_name_tag('provided.al2023', sys.argv[1])}")
PY
)

if docker image inspect "$real" >/dev/null 2>&1; then
	echo --skip-pull-image
elif timeout "${USHER_PULL_SECONDS:-60}" docker pull --quiet "$real" >/dev/null 2>&1; then
	echo --skip-pull-image
else
	if ! docker image inspect "$standin" >/dev/null 2>&1; then
		say "$real cannot be had; making $standin of busybox"
		has busybox || die "busybox is missing: run \`make setup\`"
		tree=$(mktemp -d)
		at_exit "rm -rf '$tree'"
		mkdir -p "$tree"/{bin,etc/ssl/certs,tmp,var/task,var/runtime,opt}
		for applet in $(busybox --list); do ln -sf busybox "$tree/bin/$applet"; done
		rm -f "$tree/bin/busybox" # it lists itself too
		cp "$(command -v busybox)" "$tree/bin/busybox"
		cp -L /etc/ssl/certs/ca-certificates.crt "$tree/etc/ssl/certs/"
		echo 'root:x:0:0:root:/tmp:/bin/sh' >"$tree/etc/passwd"
		chmod 1777 "$tree/tmp"
		tar -C "$tree" -c . | docker import \
			--change 'ENV PATH=/bin LAMBDA_TASK_ROOT=/var/task LAMBDA_RUNTIME_DIR=/var/runtime' \
			--change 'WORKDIR /var/task' - "$standin" >/dev/null
	fi
	echo "--skip-pull-image --invoke-image $standin"
fi
