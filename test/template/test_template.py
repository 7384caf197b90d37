"""Holds the transformed template to checks.py, and each check to its sabotages."""

import copy
import functools
import json
import re
import subprocess

import pytest

import alarm_checks  # noqa: F401  it registers its checks
import caps_checks  # noqa: F401
import checks
import closed_checks
import frontend_auth_checks  # noqa: F401
import jobs_checks  # noqa: F401
import release_checks  # noqa: F401
import rights_checks  # noqa: F401
import running_checks  # noqa: F401
import settings_checks
from resolved import resolve
from checks import JOBS, MANAGER, READER, route
from settings import BOUNDARY, ENDPOINTS, FRONTENDS, KEY, SECRET, SETTINGS
from transformed import ROOT, copied, of_type, source, transform, transform_quickly, with_few_operations

WRITTEN = source()
SMALL = with_few_operations(WRITTEN)


@functools.cache
def transformed(setting):
    return transform(WRITTEN, SETTINGS[setting])


@functools.cache
def deployed(setting):
    return resolve(transformed(setting), SETTINGS[setting])


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("name", checks.CHECKS)
def test_the_template(name, setting):
    checks.CHECKS[name](transformed(setting))


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("name", settings_checks.SETTINGS_CHECKS)
def test_the_stack(name, setting):
    settings_checks.SETTINGS_CHECKS[name](deployed(setting))


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_template_with_few_operations_passes_as_well(setting):
    """So that what a sabotage of it fails for is the sabotage."""
    result = transform_quickly(SMALL, SETTINGS[setting])
    for check in checks.CHECKS.values():
        check(result)
    for check in settings_checks.SETTINGS_CHECKS.values():
        check(resolve(result, SETTINGS[setting]))


def test_the_quick_transform_is_the_transform():
    def but_for_its_id(template):
        return json.loads(re.sub("(ApiDeployment|deployment id: )[0-9a-f]+", r"\1", json.dumps(template)))

    quick = transform_quickly(WRITTEN, SETTINGS["all"])
    assert but_for_its_id(quick) == but_for_its_id(transformed("all"))


def sabotaged(change, setting):
    """The transformed template after a sabotage, or None if the transform itself refuses it, which is as good."""
    template = copied(SMALL)
    change(template)
    assert template != SMALL, "the sabotage changes nothing"
    try:
        return transform_quickly(template, SETTINGS[setting])
    except Exception as e:  # noqa: BLE001
        assert "Invalid" in type(e).__name__, e
        return None


@pytest.mark.parametrize(("name", "sabotage", "change"), [pytest.param(*s, id=f"{s[0]}-{s[1]}") for s in checks.SABOTAGES])
def test_a_sabotage_is_caught(name, sabotage, change):
    if (result := sabotaged(change, "off")) is not None:
        with pytest.raises((AssertionError, KeyError)):
            checks.CHECKS[name](result)


@pytest.mark.parametrize(
    ("name", "sabotage", "setting", "change"),
    [pytest.param(*s, id=f"{s[0]}-{s[1]}") for s in settings_checks.SETTINGS_SABOTAGES],
)
def test_a_sabotage_of_a_setting_is_caught(name, sabotage, setting, change):
    if (result := sabotaged(change, setting)) is not None:
        with pytest.raises((AssertionError, KeyError)):
            settings_checks.SETTINGS_CHECKS[name](resolve(result, SETTINGS[setting]))


def test_every_check_is_proved_able_to_fail():
    assert {name for name, *_ in checks.SABOTAGES} == set(checks.CHECKS)
    assert {name for name, *_ in settings_checks.SETTINGS_SABOTAGES} == set(settings_checks.SETTINGS_CHECKS)


def test_no_kind_or_property_is_allowed_that_nothing_has():
    found = {}
    for setting in SETTINGS:
        for r in transformed(setting)["Resources"].values():
            found.setdefault(r["Type"], set()).update(r["Properties"])
    assert found == closed_checks.KINDS


def test_every_parameter_is_in_one_group():
    """The console shows what is in no group at the end, under "Other parameters"."""
    groups = WRITTEN["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    assert sorted(name for g in groups for name in g["Parameters"]) == sorted(WRITTEN["Parameters"])
    assert all(g["Label"]["default"] for g in groups)


def of_the_url(template, setting="off"):
    """What an API's URL is made of, and the deployment that is behind it."""
    resources = transform(template, SETTINGS[setting])["Resources"]
    ids = {r["Type"]: name for name, r in resources.items()}
    stage = resources[ids["AWS::ApiGateway::Stage"]]["Properties"]
    return (ids["AWS::ApiGateway::RestApi"], ids["AWS::ApiGateway::Stage"], stage["StageName"]), stage["DeploymentId"]["Ref"]


def a_route_less(template):
    del template["Resources"][MANAGER]


def another_policy(template):
    template["Resources"]["Api"]["Properties"]["Auth"]["ResourcePolicy"]["CustomStatements"].pop()


CHANGES = {"nothing": lambda _: None, "a route": route("/people/{id}", "Path"), "a route less": a_route_less, "the policy": another_policy}


@pytest.mark.parametrize("change", CHANGES)
def test_a_deployment_keeps_the_url_and_takes_effect(change, monkeypatch):
    """A replaced API would have another id, and a stage goes on with the deployment that it has."""
    template = copy.deepcopy(SMALL)
    monkeypatch.setattr("time.time", lambda: 1_700_000_000)
    url, deployment = of_the_url(template)
    CHANGES[change](template)
    monkeypatch.setattr("time.time", lambda: 1_700_000_060)
    assert of_the_url(template)[0] == url
    assert of_the_url(template)[1] != deployment


def test_a_changed_function_is_a_new_version():
    """Not only changed code is: the alias would go on with the old timeout."""
    template = copy.deepcopy(SMALL)
    before = transform(template)
    template["Resources"][READER]["Properties"]["Timeout"] = 11
    after = transform(template)
    changed = {name for name in before["Resources"].keys() ^ after["Resources"].keys() if "ApiDeployment" not in name}
    assert len(changed) == 2 and all(re.fullmatch(READER + "Version[0-9a-f]{10}", name) for name in changed), changed


@pytest.mark.parametrize("setting", SETTINGS)
def test_an_option_keeps_the_url(setting):
    assert of_the_url(SMALL, setting)[0] == ("Api", "ApiStage", {"Ref": "Stage"})


@pytest.mark.parametrize(("always", "deployed_anew"), [(True, True), (None, False)])
def test_another_endpoint_takes_effect_since_every_deployment_does(always, deployed_anew, monkeypatch):
    """Another VPC is another endpoint, whose id the transform cannot know: to it the policy has not changed."""
    template = copy.deepcopy(SMALL)
    template["Resources"]["Api"]["Properties"]["AlwaysDeploy"] = always
    parameters, found = SETTINGS["endpoint made"], set()
    for seconds, vpc in enumerate([parameters["VpcId"], "vpc-0a1b2c3d"]):
        monkeypatch.setattr("time.time", lambda now=1_700_000_000 + 60 * seconds: now)
        resources = transform(template, parameters | {"VpcId": vpc})["Resources"]
        found |= {name for name, r in resources.items() if r["Type"] == "AWS::ApiGateway::Deployment"}
    assert (len(found) == 2) is deployed_anew, found


def test_a_function_is_one_folder():
    folders = sorted(f"functions/{main.parent.name}/" for main in ROOT.glob("functions/*/main.go"))
    uris = [r["Properties"]["CodeUri"] for r in WRITTEN["Resources"].values() if r["Type"] == "AWS::Serverless::Function"]
    assert sorted(uris) == folders
    for r in WRITTEN["Resources"].values():
        if r["Type"] == "AWS::Serverless::Function":
            assert r["Metadata"] == {"BuildMethod": "go1.x"}


PARAMETERS = {
    # name: (values to take, values to refuse)
    "VpcEndpointIds": (
        ["", ENDPOINTS[0], ",".join(ENDPOINTS), "vpce-0a1b2c3d"],
        ["vpc-0a1b2c3d", "*", ENDPOINTS[0] + " ", ENDPOINTS[0] + ",", ", ".join(ENDPOINTS), ENDPOINTS[0].upper()],
    ),
    "VpcId": (["", "vpc-0a1b2c3d"], ["vpce-0a1b2c3d", "*", "vpc-0a1b2c3d,vpc-0a1b2c3e"]),
    "SubnetIds": (["", "subnet-0a1b2c3d", "subnet-0a1b2c3d,subnet-0a1b2c3e"], ["*", "subnet-0a1b2c3d,", "vpc-0a1b2c3d"]),
    "FrontendCidr": (
        ["", "10.0.0.0/8", "192.168.17.0/24", "10.1.2.3/32"],
        ["0.0.0.0/0", "128.0.0.0/1", "10.0.0.0", "10.0.0.0/33", "10.0.0.256/32", "::/0", "*"],
    ),
    "FrontendSecurityGroupId": (["", "sg-0a1b2c3d"], ["*", "sg-0a1b2c3d,sg-0a1b2c3e"]),
    "FrontendPrincipals": (
        ["", FRONTENDS[0], ",".join(FRONTENDS), "arn:aws-cn:iam::210987654321:role/a+b=c@d.e_f-g"],
        [
            "*", "210987654321", "arn:aws:iam::210987654321:root", "arn:aws:iam::210987654321:role/*", "arn:aws:iam::*:role/a",
            "arn:aws:iam::210987654321:user/a", FRONTENDS[0] + ",", FRONTENDS[0] + ",*", ", ".join(FRONTENDS),
            "arn:aws:sts::210987654321:assumed-role/a/b",
        ],
    ),
    "DomainName": (
        ["", "usher.internal.example.com", "a.example"],
        ["usher", "*.example.com", "Usher.example.com", "usher.example.com.", "https://usher.example.com", "-a.example", "a..example"],
    ),
    "CertificateArn": (
        ["", SETTINGS["domain"]["CertificateArn"]],
        ["*", "arn:aws:iam::123456789012:server-certificate/a", SETTINGS["domain"]["CertificateArn"] + "*"],
    ),
    "HostedZoneId": (["", "Z0123456789ABCDEFGHIJ"], ["*", "/hostedzone/Z0123456789", "z0123"]),
    **dict.fromkeys(
        ["SecretKeyArn", "LogKeyArn", "JobsKeyArn"],
        (
            ["", KEY, KEY.replace("key/", "key/mrk-")],
            ["*", KEY[:-36] + "*", KEY.replace("key/", "alias/"), KEY.rsplit("/")[-1], KEY.replace("123456789012", "*")],
        ),
    ),
    "SecretArn": (
        [SECRET, SECRET.replace("arn:aws:", "arn:aws-us-gov:")],
        ["", "*", "prod/usher", SECRET[:-7], SECRET[:-6] + "*", SECRET.replace("123456789012", "*")],
    ),
    "PermissionsBoundaryArn": (
        ["", BOUNDARY, "arn:aws-us-gov:iam::aws:policy/PowerUserAccess"],
        ["*", "boundary", BOUNDARY + "*", BOUNDARY.replace("policy/", "role/"), BOUNDARY.replace("123456789012", "*"), BOUNDARY + " "],
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
    "FrontendIssuer": (
        ["", "https://tenant.example/", "https://tenant.example", "https://login.example/realms/a"],
        ["http://tenant.example/", "tenant.example", "https://", "https://a b/", "https://a/?b", "https://a/#b", "https://a:b@c/", "*"],
    ),
    "FrontendAudience": (["", "https://usher.example/", "usher", "urn:usher"], ["a b", " ", "a\n"]),
    "FrontendTokenRule": (
        [
            "",
            "client=azp; idtyp=app",
            "client=appid;idtyp=app",
            "client=cid; sub={client}",
            "client=azp; preferred_username=service-account-{client}",
        ],
        ["auth0", "client=azp", "client=sub; idtyp=app", "client=azp; idtyp=", "client=azp; idtyp=an app", "client=azp; a=b; c=d", "client=azp; idtyp=app\n"],
    ),
    "FrontendLimits": (["", "{}", '{\n  "front_ends": []\n}'], ["x", "[]", "{", '"x"']),
    "Auth0Limits": (["", "16/50", "0.5/2"], ["16", "16/", "custom:16/50", "16/50 ", "-1/5", "1e3/5", "16/50/2"]),
    "AlarmTopicArn": (
        ["", "arn:aws:sns:eu-central-1:123456789012:on-call"],
        ["on-call", "*", "arn:aws:sns:eu-central-1:123456789012:*", "arn:aws:sqs:eu-central-1:123456789012:q"],
    ),
    "Stage": (["live", "v1"], ["", "a/b", "$default"]),
}


def test_the_docs_list_the_actions_that_a_permissions_boundary_must_allow():
    roles = of_type(deployed("all"), "AWS::IAM::Role").values()
    statements = [s for role in roles for p in role["Properties"]["Policies"] for s in p["PolicyDocument"]["Statement"]]
    allowed = {action for s in statements for action in ([s["Action"]] if isinstance(s["Action"], str) else s["Action"])}
    section = (ROOT / "docs/deploy.md").read_text().split("### Permissions boundary\n")[1].split("\n## ")[0]
    table = "".join(line for line in section.splitlines(keepends=True) if line.startswith("|"))
    assert set(re.findall(r"`([a-z0-9]+:[A-Z][A-Za-z]+)`", table)) == allowed and len(allowed) > 5


OFF_AT_ZERO = {"RotationDays", "SignInProvisionedConcurrency"}


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


TYPICAL = {
    "JobsBucket": "usher-production-jobsbucket-0123456789ab",
    "JobsMachine": "arn:aws:states:eu-central-1:123456789012:stateMachine:JobsMachine-0123456789ab",
}


def test_the_room_for_limits_is_told():
    """Lambda measures the environment as one JSON object."""
    typical = TYPICAL | {"SecretArn": SECRET, "RedirectUris": "https://www.shop.example.com/callback", "AWS::StackName": "usher-production", "Settings": "12"}

    def value(v):
        if "Fn::If" in v:
            return max(map(value, v["Fn::If"][1:]), key=len)
        if isinstance(v, str):
            return v
        if "Fn::Sub" in v:
            return "custom:16/50"
        return typical.get(v["Ref"]) or str(WRITTEN["Parameters"][v["Ref"]]["Default"])

    variables = WRITTEN["Globals"]["Function"]["Environment"]["Variables"] | JOBS
    room = 4096 - len(json.dumps({name: value(v) for name, v in variables.items()}, separators=(",", ":")))
    told = re.search(r"leave about ([0-9,]+) bytes", WRITTEN["Parameters"]["FrontendLimits"]["Description"])
    assert 0 <= room - int(told[1].replace(",", "")) < 150, room


def test_what_has_no_default_is_what_nobody_can_guess():
    required = {name for name, p in WRITTEN["Parameters"].items() if "Default" not in p}
    assert required == {"SecretArn", "RedirectUris"}


def test_every_stack_keeps_its_answers_where_git_does_not_look():
    """In a tracked file they would be a change of the sources: another version in the bill of materials, and in the way of a checkout."""
    run = ["make", "--dry-run", "--no-print-directory", "deploy", "STACK=next"]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    (deploy,) = [line.split() for line in done.splitlines() if "sam deploy" in line]
    options = dict(zip(deploy, deploy[1:], strict=False))
    assert options["--stack-name"] == "next"
    answers = options["--config-file"]
    # SAM reads them before it asks, so the file has to be there.
    assert f"[ -e {answers} ] || cp samconfig.toml {answers}" in done
    ignored = subprocess.run(["git", "check-ignore", answers, "samconfig.toml"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "next" in answers and ignored.stdout.split() == [answers]


def test_builds_are_never_cached():
    """`sam build --cached` hashes CodeUri only, so that a change in internal/ would ship the binary of before."""
    import tomllib

    config = tomllib.loads((ROOT / "samconfig.toml").read_text())
    for environment in config.values():
        if isinstance(environment, dict):
            assert environment["build"]["parameters"]["cached"] is False
