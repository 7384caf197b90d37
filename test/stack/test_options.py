"""The template's options: all that go together share a deployment, once with signatures and once with tokens."""

import contextlib
import json

import pytest

import access
from calls import Api, beside_each_other
from caps_checks import CAPPED, cap
from emulator import ACCOUNT
from frontends import LIMITED, MACHINES, bearing, roles, signing
from operations import STARTS
from settings import FRONTENDS, MADE_ENDPOINT, OPTIONS
from stack import WRITTEN, deployed

ELSEWHERE = "http://127.0.0.1:8080/"
EITHER_WAY = {
    **MADE_ENDPOINT,
    "FrontendSecurityGroupId": "sg-0123456789abcdef0",
    "EndpointPrivateDns": "true",
    **OPTIONS["domain with a record"],
    "RotationDays": "30",
    "RedirectUris": ELSEWHERE + "callback",
    "LoginBinding": "none",
    "PostLogoutRedirectUris": ELSEWHERE,
    "ResultUrls": ELSEWHERE,
    "Connection": "github",
    "Audience": "https://orders.example.com/",
    "Scopes": "openid email",
    "DangerouslyAllowUnauthenticatedCallers": "true",
    "SecretTtl": "1m",
    "LogLevel": "debug",
    "LogRetentionDays": "365",
    "MemorySize": "1024",
    "SignInProvisionedConcurrency": "2",
    "DeploymentPreference": "Canary10Percent5Minutes",
    "JobRetentionDays": "14",
    "Stage": "v1",
    "ThrottlingRate": "1",
    "ThrottlingBurst": "5",
    "Tracing": "Active",
    "AlarmTopicArn": OPTIONS["alarms"]["AlarmTopicArn"],
}
EVERYTHING = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
SIGNED = {"FrontendPrincipals": ",".join(FRONTENDS), **OPTIONS["a plan"]}
TOKENS = {"FrontendTokenRule": "client=azp; sub={client}@clients", **OPTIONS["a custom plan"]}


def limits(**frontend):
    return json.dumps({"unlisted": "allow", "front_ends": [{"name": "limited", "connections": ["Employees"]} | frontend]}, separators=(",", ":"))


@pytest.fixture(scope="module")
def asked(emulator, tenant, default):
    """The parameters of either way; some name what has to exist."""
    manager, keys = emulator.client("secretsmanager"), emulator.client("kms")
    key, log_key, jobs_key = (keys.create_key()["KeyMetadata"]["Arn"] for _ in range(3))
    secrets = [manager.create_secret(Name=f"usher/{name}", SecretString=tenant.credentials, KmsKeyId=key)["ARN"] for name in ("manage", "read")]
    boundary = emulator.client("iam").create_policy(PolicyName="boundary", PolicyDocument=EVERYTHING)["Policy"]["Arn"]
    zone = emulator.client("route53").create_hosted_zone(Name="internal.example.com", CallerReference="options")["HostedZone"]["Id"]
    return default | EITHER_WAY | {
        "HostedZoneId": zone.rsplit("/", 1)[-1],
        "SecretArn": secrets[0],
        "ReadSecretArn": secrets[1],
        "SecretKeyArn": key,
        "PermissionsBoundaryArn": boundary,
        "LogKeyArn": log_key,
        "JobsKeyArn": jobs_key,
        "SecretsManagerEndpoint": emulator.url,
        "ManagementAudience": f"{tenant.url}/api/v2/",
    }


@pytest.fixture(scope="module", params=["signed", "tokens"])
def options(request, asked, bearer):
    """A name for the stack, and its parameters."""
    name = f"options-{request.param}"
    if request.param == "signed":
        limited = limits(role={"account": ACCOUNT, "name": f"{name}-{LIMITED}"})
        return name, asked | SIGNED | {"FrontendLimits": limited}
    return name, asked | bearer | TOKENS | {"FrontendLimits": limits(client_id=LIMITED)}


@pytest.fixture(scope="module")
def stack(emulator, options):
    name, parameters = options
    with deployed(emulator, name, parameters) as stack:
        yield stack


@pytest.fixture(scope="module")
def api(stack):
    return Api(stack)


@pytest.fixture(scope="module")
def callers(stack, api, options, tenant):
    """What sends an operation's request, by permission, and the limited front-end's call of one target."""
    _, parameters = options
    if parameters.get("FrontendAuth") == "bearer":
        tokens = {machine: tenant.token(machine) for machine in MACHINES}
        yield bearing(api, tokens), lambda *request: api.bearing(tokens[LIMITED], *request)
    else:
        with roles(stack) as credentials:
            yield signing(api, credentials), lambda *request: api.signed(credentials[LIMITED], *request)


def test_a_front_end_may_call_what_it_is_allowed_and_nothing_else(callers, options):
    assert access.of_the_permissions(callers[0], closed=STARTS if "FrontendIssuer" in options[1] else ()) == []


def test_no_operation_is_open_to_strangers(api, options):
    """Although the functions would serve them here."""
    assert access.of_strangers(api, access.NO_TOKEN if "FrontendIssuer" in options[1] else access.NO_SIGNATURE) == []


def test_a_limited_front_end_is_kept_from_others_users(callers):
    answer = callers[1]("GET", "/users/auth0%7C65e19a100000000000000002")
    assert (answer.status, answer.code) == (403, "outside-front-ends-limits"), answer


def test_what_is_in_force_is_what_was_asked_for(emulator, stack, api, options):
    _, asked = options
    for name, function in stack.configurations().items():
        variables = function["Environment"]["Variables"]
        memory = "512" if "RunJob" in name else asked["MemorySize"]
        assert function["TracingConfig"]["Mode"] == "Active" and str(function["MemorySize"]) == memory, name
        assert variables["LOG_LEVEL"] == "debug", name
    groups = emulator.client("logs").describe_log_groups()["logGroups"]
    own = [g for g in groups if g["logGroupName"] in stack.resources("AWS::Logs::LogGroup")]
    assert own and all((g["retentionInDays"], g["kmsKeyId"]) == (365, asked["LogKeyArn"]) for g in own), own
    alarms = emulator.client("cloudwatch").describe_alarms(AlarmNames=stack.resources("AWS::CloudWatch::Alarm"))["MetricAlarms"]
    assert alarms and all(a["AlarmActions"] == a["OKActions"] == [asked["AlarmTopicArn"]] for a in alarms), alarms
    (endpoint,) = emulator.client("ec2").describe_vpc_endpoints(VpcEndpointIds=stack.resources("AWS::EC2::VPCEndpoint"))["VpcEndpoints"]
    assert endpoint["VpcId"] == asked["VpcId"] and endpoint["SubnetIds"] == asked["SubnetIds"].split(","), endpoint
    (stage,) = emulator.client("apigateway").get_stages(restApiId=stack.outputs["ApiId"])["item"]
    throttling = {route: (m["throttlingRateLimit"], m["throttlingBurstLimit"]) for route, m in stage["methodSettings"].items()}
    assert throttling.pop("*/*") == (float(asked["ThrottlingRate"]), int(asked["ThrottlingBurst"])), throttling
    # The emulator keeps the caps of routes, but enforces only the entry for all routes.
    assert len(throttling) == (len(CAPPED) if asked["Auth0Plan"] == "self-service" else 0), throttling
    assert throttling.get("/~1users/GET") in (None, cap("self-service", "GET /users")), throttling
    assert stack.outputs["EndpointId"] == endpoint["VpcEndpointId"] and api.stage == asked["Stage"]
    assert stack.outputs["DomainUrl"] == "https://" + asked["DomainName"]


def test_what_signs_in_is_kept_warm(emulator, stack, options):
    client, warm = emulator.client("lambda"), set()
    for function, alias in stack.aliases().items():
        with contextlib.suppress(client.exceptions.ProvisionedConcurrencyConfigNotFoundException):
            configured = client.get_provisioned_concurrency_config(FunctionName=function, Qualifier=alias)
            warm.add(str(configured["RequestedProvisionedConcurrentExecutions"]))
    assert warm == {options[1]["SignInProvisionedConcurrency"]}


def test_the_gateway_throttles(callers):
    """At one call a second some of a crowd are refused, however slow this machine is."""
    answers = beside_each_other(lambda _: callers[1]("GET", "/users?limit=1"), range(60))
    refused = [a for a in answers if a.status != 200]
    assert refused and {(a.status, a.code, a.headers["Retry-After"]) for a in refused} == {(429, "throttled", "1")}


# What no deployment here has another value of than the default, and why.
NOT_DEPLOYED = {
    "Jobs": "the other options of jobs exclude it; test/template has it off",
    "VpcEndpointIds": "the endpoint that is made excludes it; the default deployment has it",
    "Architecture": "it is this machine's",
}


def test_every_parameter_is_an_option_here(asked, bearer):
    """So that a new one is deployed, too."""
    written, here = WRITTEN["Parameters"], asked | bearer | SIGNED | TOKENS | {"FrontendLimits": limits()}
    same = {name for name, p in written.items() if here.get(name, p.get("Default")) == p.get("Default")}
    assert same - {"Architecture"} == set(NOT_DEPLOYED) - {"Architecture"}
