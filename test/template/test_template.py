"""Holds the transformed template to checks.py, and each check to its sabotages."""

import copy
import re

import pytest

import checks
import running_checks  # noqa: F401  it registers its checks
from transformed import ROOT, source, transform

WRITTEN = source()


@pytest.fixture(scope="session")
def transformed():
    return transform(WRITTEN)


@pytest.mark.parametrize("name", checks.CHECKS)
def test_the_template(name, transformed):
    checks.CHECKS[name](transformed)


@pytest.mark.parametrize(("name", "sabotage", "change"), [pytest.param(*s, id=f"{s[0]}-{s[1]}") for s in checks.SABOTAGES])
def test_a_sabotage_is_caught(name, sabotage, change):
    template = copy.deepcopy(WRITTEN)
    change(template)
    assert template != WRITTEN, f"{sabotage} changes nothing"
    try:
        result = transform(template)
    except Exception as e:  # noqa: BLE001  the transform itself refuses it, which is as good
        assert "Invalid" in type(e).__name__, e
        return
    with pytest.raises((AssertionError, KeyError)):
        checks.CHECKS[name](result)


def test_every_check_is_proved_able_to_fail():
    assert {name for name, *_ in checks.SABOTAGES} == set(checks.CHECKS)


def test_a_function_is_one_folder():
    folders = sorted(f"functions/{main.parent.name}/" for main in ROOT.glob("functions/*/main.go"))
    uris = [r["Properties"]["CodeUri"] for r in WRITTEN["Resources"].values() if r["Type"] == "AWS::Serverless::Function"]
    assert sorted(uris) == folders
    for r in WRITTEN["Resources"].values():
        if r["Type"] == "AWS::Serverless::Function":
            assert r["Metadata"] == {"BuildMethod": "go1.x"}


VPCE, SECRET = "vpce-0123456789abcdef0", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/usher-a1B2c3"
PARAMETERS = {
    # name: (values to take, values to refuse)
    "VpcEndpointIds": ([VPCE, "vpce-0a1b2c3d"], ["", "vpc-0a1b2c3d", "*", VPCE + " ", VPCE.upper()]),
    "SecretArn": (
        [SECRET, SECRET.replace("arn:aws:", "arn:aws-us-gov:")],
        ["", "*", "prod/usher", SECRET[:-7], SECRET[:-6] + "*", SECRET.replace("123456789012", "*")],
    ),
    "ReadSecretArn": (["", SECRET], ["*", "prod/usher", SECRET[:-7], SECRET + ",", SECRET[:-6] + "*"]),
    "RedirectUris": (
        ["https://a.example/cb", "https://a.example/cb,http://localhost:3000/callback", "http://[::1]:3000/cb"],
        ["", "http://a.example/cb", "http://localhost.evil.example/cb", "https://a.example/cb#x", "https://a,b", "*"],
    ),
    **dict.fromkeys(
        ["PostLogoutRedirectUris", "ResultUrls"],
        (
            ["", "https://a.example/", "https://a.example/done,http://localhost:3000/"],
            ["http://a.example/", "http://localhost.evil.example/", "https://a.example/#x", "https://a,b", "*"],
        ),
    ),
    "Connection": (["Username-Password-Authentication", "a"], ["", "-a", "a b", 'a"']),
    "Audience": (["", "https://api.example/"], ["a b"]),
    "ManagementAudience": (["", "https://tenant.example/api/v2/"], ["a b"]),
    "Scopes": (["openid", "openid profile"], ["", "openid  profile", " openid", 'openid "x"']),
    "SecretTtl": (["5m", "1h30m", "500ms"], ["", "5", "5 m", "m"]),
    "SecretsManagerEndpoint": (
        ["", "https://vpce-1.secretsmanager.eu-central-1.vpce.amazonaws.com", "http://172.17.0.1:5000"],
        ["http://secrets.example:80", "http://127.0.0.1.evil.example:80", "https://a.example/path", "ftp://x"],
    ),
    "AlarmTopicArn": (
        ["", "arn:aws:sns:eu-central-1:123456789012:on-call"],
        ["on-call", "*", "arn:aws:sns:eu-central-1:123456789012:*", "arn:aws:sqs:eu-central-1:123456789012:q"],
    ),
    "Stage": (["live", "v1"], ["", "a/b", "$default"]),
}


OFF_AT_ZERO = {"RotationDays"}


@pytest.mark.parametrize("name", WRITTEN["Parameters"])
def test_a_parameter_says_what_it_is_and_what_it_takes(name):
    parameter = WRITTEN["Parameters"][name]
    assert len(parameter["Description"]) > 20
    if "AllowedValues" in parameter:
        assert parameter["Default"] in parameter["AllowedValues"]
        return
    if parameter["Type"] == "Number":
        assert parameter["Default"] >= parameter["MinValue"] >= (0 if name in OFF_AT_ZERO else 1)
        return
    takes, refuses = PARAMETERS[name]
    pattern = re.compile(parameter["AllowedPattern"])
    assert pattern.pattern.startswith("^") and pattern.pattern.endswith("$")
    assert all(pattern.fullmatch(v) for v in [*takes, parameter.get("Default", takes[0])])
    assert not [v for v in refuses if pattern.fullmatch(v)]


def test_what_has_no_default_is_what_nobody_can_guess():
    required = {name for name, p in WRITTEN["Parameters"].items() if "Default" not in p}
    assert required == {"VpcEndpointIds", "SecretArn", "RedirectUris"}


def test_builds_are_never_cached():
    """`sam build --cached` hashes CodeUri only, so that a change in internal/ would ship the binary of before."""
    import tomllib

    config = tomllib.loads((ROOT / "samconfig.toml").read_text())
    for environment in config.values():
        if isinstance(environment, dict):
            assert environment["build"]["parameters"]["cached"] is False
