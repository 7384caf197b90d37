"""Holds what Lambda gets to the sources alone, whatever is set on the machine that builds it."""

import json
import os
import subprocess

import pytest

from transformed import ROOT

SET = {
    "CGO_ENABLED": "1",
    "GOAMD64": "v3",
    "GOARM64": "v9.0",
    "GOEXPERIMENT": "fieldtrack",
    "GOFIPS140": "latest",
    "GOFLAGS": "-race",
    "GOOS": "darwin",
}


def told(arch, **environment):
    """What `go build` goes by, as scripts/build.sh tells it."""
    script = f'set -euo pipefail; . scripts/lib.sh; for_lambda {arch}; go env -json GOARCH {" ".join(SET)}'
    run = subprocess.run(["bash", "-c", script], cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


@pytest.mark.parametrize(("arch", "goarch"), [("arm64", "arm64"), ("x86_64", "amd64")])
def test_a_machines_own_settings_do_not_get_into_the_functions(arch, goarch):
    assert told(arch, **SET) == told(arch, **dict.fromkeys(SET, ""))
    assert told(arch)["GOARCH"] == goarch
