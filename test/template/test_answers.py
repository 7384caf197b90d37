"""The answers of `make deploy` survive in samconfig.STACK.toml: SAM writes them there as one text."""

import re
import shutil

import click
import pytest
from samcli.cli.types import CfnParameterOverridesType
from samcli.commands.deploy.guided_config import GuidedConfig

from settings import OPTIONS, SETTINGS
from test_template import PARAMETERS
from transformed import ROOT, source

WRITTEN = source()["Parameters"]
TEXTS = [name for name, p in WRITTEN.items() if "AllowedPattern" in p]
LIMITS = '{"front_ends": [{"name": "shop", "client_id": "shop", "connections": ["staff"]}]}'


def reread(answers):
    """What the next deployment gets, by SAM's own code."""
    written = " ".join(f"{name}={GuidedConfig.quote_parameter_values(value)}" for name, value in answers.items())
    return CfnParameterOverridesType().convert(written, None, None)


def accepts(name, value):
    return re.fullmatch(WRITTEN[name]["AllowedPattern"], value) is not None


def good(name):
    return [v for v in PARAMETERS[name][0] if v]


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_survives(setting):
    assert reread(SETTINGS[setting]) == SETTINGS[setting]


def test_limits_survive():
    answers = {"FrontendLimits": LIMITS, **OPTIONS["alarms"]}
    assert accepts("FrontendLimits", LIMITS)
    assert reread(answers) == answers


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_that_would_not_survive_is_refused(name):
    refused = "\\" if name == "FrontendLimits" else '\\"'  # quotation marks in pairs survive, as above
    for value in good(name):
        for at in range(len(value) + 1):
            for character in refused:
                assert not accepts(name, value[:at] + character + value[at:])


def test_such_a_text_damages_the_answers():
    """The reason for the refusal."""
    for value in ["urn:x\\", 'urn:x\\"']:
        answers = {"Audience": value, "Scopes": "openid profile"}
        assert reread(answers) != answers


SAVED = ROOT / "cmd/doctor/internal/samconfig/testdata/samconfig.usher.toml"
FOR_THE_DOCTOR = {
    "VpcId": "vpc-0123456789abcdef0",
    "SubnetIds": "subnet-0123456789abcdef0,subnet-0123456789abcdef1",
    "FrontendCidr": "10.0.0.0/16",
    "EndpointPrivateDns": "true",
    "FrontendPrincipals": "",
    "SecretArn": SETTINGS["off"]["SecretArn"],
    "Scopes": "openid profile",
    "FrontendLimits": LIMITS,
    "SignInProvisionedConcurrency": "2",
}


def test_the_doctor_reads_a_file_of_sam(tmp_path):
    """The Go tests read the same file."""
    shutil.copy(ROOT / "samconfig.toml", tmp_path / "samconfig.usher.toml")
    with click.Context(click.Command("deploy"), info_name="deploy"):
        GuidedConfig(str(tmp_path / "template.yaml"), "parameters").save_config(
            FOR_THE_DOCTOR, config_file="samconfig.usher.toml", stack_name="usher", region="eu-west-1"
        )
    written = (tmp_path / "samconfig.usher.toml").read_text()
    assert SAVED.read_text() == written[written.index("[default.deploy.parameters]") :]
