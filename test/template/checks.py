"""What must be true of the transformed template.

A check takes the transformed template and raises AssertionError. Beside each
stand its sabotages: changes to the written template that it has to catch, and
by which test_template.py proves that it can fail.
"""

import json
import re
from fnmatch import fnmatchcase

from contract import CONTRACT, PERMISSIONS, is_sign_in
from transformed import of_type, one, operations, source

CHECKS = {}
SABOTAGES = []

WRITTEN = source()


def first(matches):
    """The first operation that matches. The template with few operations has it, too."""
    return next(name for name, operation in operations(WRITTEN).items() if matches(operation))


def has_role(role):
    return lambda operation: operation["Role"] == {"Fn::GetAtt": [role, "Arn"]}


# The operations that the sabotages change: one that only reads, one that manages, and one of a sign-in.
READER = first(has_role("ReadRole"))
MANAGER = first(has_role("ManageRole"))
SIGN_IN = first(lambda operation: "ProvisionedConcurrencyConfig" in operation)


def check(**sabotages):
    def register(function):
        CHECKS[function.__name__] = function
        SABOTAGES.extend((function.__name__, name, change) for name, change in sabotages.items())
        return function

    return register


def put(value, *path):
    """A sabotage that puts a value at a path under Resources, or takes it away (None)."""

    def change(template):
        at = template["Resources"]
        for step in path[:-1]:
            at = at[step] if isinstance(at, list) else at.setdefault(step, {})
        if value is None:
            del at[path[-1]]
        else:
            at[path[-1]] = value

    return change


def api(value, *path):
    return put(value, "Api", "Properties", *path)


def function(value, *path):
    return put(value, READER, "Properties", *path)


def route(value, *path):
    """A sabotage of the reader's route."""
    (event,) = operations(WRITTEN)[READER]["Events"]
    return function(value, "Events", event, "Properties", *path)


def shared(value, *path):
    """A sabotage of what Globals gives to all functions."""

    def change(template):
        at = template["Globals"]["Function"]
        for step in path[:-1]:
            at = at[step]
        if value is None:
            del at[path[-1]]
        else:
            at[path[-1]] = value

    return change


def variables(**values):
    """A sabotage of the environment that all functions share."""

    def change(template):
        template["Globals"]["Function"]["Environment"]["Variables"].update(values)

    return change


def parameter(value, name, member):
    def change(template):
        template["Parameters"][name][member] = value

    return change


def both(*changes):
    def change(template):
        for c in changes:
            c(template)

    return change


# ------------------------------------------------------------------ the gateway

ALLOW_ALL = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}


def with_jobs(value):
    """The value where Jobs is on. jobs_checks.py looks at the conditions."""
    if isinstance(value, dict):
        if list(value) == ["Fn::If"] and value["Fn::If"][0] == "HasJobs":
            return with_jobs(value["Fn::If"][1])
        return {key: with_jobs(v) for key, v in value.items()}
    return value


def methods(t):
    """Every (path, method, definition) of the API."""
    for path, of_path in with_jobs(one(t, "AWS::ApiGateway::RestApi")["Body"]["paths"]).items():
        for method, definition in of_path.items():
            yield path, method, definition


@check(
    # Where the default is a reference, SAM does not see that it is IAM, and leaves them out.
    default_role=both(api("AWS_IAM", "Auth", "DefaultAuthorizer"), api(None, "Auth", "InvokeRole")),
    callers_role=both(api("AWS_IAM", "Auth", "DefaultAuthorizer"), api("CALLER_CREDENTIALS", "Auth", "InvokeRole")),
    one_route=route({"Authorizer": "AWS_IAM", "InvokeRole": "CALLER_CREDENTIALS"}, "Auth"),
)
def integrations_run_as_the_gateway(t):
    for path, method, definition in methods(t):
        integration = definition["x-amazon-apigateway-integration"]
        assert integration["type"] == "aws_proxy", (path, method)
        assert "credentials" not in integration, (path, method, integration["credentials"])


EXECUTE_API = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/${Stage}/"


def granted(policy):
    """The routes that a managed policy allows, as patterns: "GET/users/*"."""
    statements = policy["Properties"]["PolicyDocument"]["Statement"]
    return [r["Fn::Sub"].removeprefix(EXECUTE_API) for s in statements for r in s["Resource"]]


@check(
    below_an_id=route("/users/{id}/sessions", "Path"),
    catch_all=route("/{proxy+}", "Path"),
    any_method=route("ANY", "Method"),
    no_route_of_the_contract=route("/people", "Path"),
    every_user=put([{"Fn::Sub": EXECUTE_API + "GET/*"}], "UsherMFA", "Properties", "PolicyDocument", "Statement", 0, "Resource"),
    nobody=put([{"Fn::Sub": EXECUTE_API + "GET/x"}], "UsherRead", "Properties", "PolicyDocument", "Statement", 0, "Resource"),
)
def a_route_is_open_to_its_own_group_only(t):
    """`*` in an execute-api ARN matches slashes, so DELETE/users/* also covers all routes below a user."""
    policies = {name: granted(p) for name, p in of_type(t, "AWS::IAM::ManagedPolicy").items()}
    for path, method, _ in methods(t):
        called = method.upper() + re.sub(r"\{\w+\}", "auth0|a", path)
        groups = [name for name, patterns in policies.items() if any(fnmatchcase(called, pattern) for pattern in patterns)]
        assert sorted(groups) == sorted(PERMISSIONS[path, method]), (path, method, groups)


@check(
    everything=api(["*~1*"], "BinaryMediaTypes"),
    nothing=api(None, "BinaryMediaTypes"),
    json_as_well=api(["application~1x-ndjson", "application~1json"], "BinaryMediaTypes"),
)
def only_the_input_of_jobs_is_binary(t):
    """4,000,000 bytes are then 5.4 MB of Base64, whatever they are. An event may have 6 MB."""
    properties = one(t, "AWS::ApiGateway::RestApi")
    assert properties["BinaryMediaTypes"] == ["application~1x-ndjson"]
    assert properties["Body"]["x-amazon-apigateway-binary-media-types"] == ["application/x-ndjson"]


SETTINGS = ("MethodSettings", 0)


@check(
    data_trace=api(True, *SETTINGS, "DataTraceEnabled"),
    execution_log=api("INFO", *SETTINGS, "LoggingLevel"),
    no_throttling=api(None, *SETTINGS, "ThrottlingRateLimit"),
    throttling_that_nobody_chose=api(10000, *SETTINGS, "ThrottlingRateLimit"),
    bursts_as_the_rate=api({"Ref": "ThrottlingRate"}, *SETTINGS, "ThrottlingBurstLimit"),
    cache=api(True, *SETTINGS, "CachingEnabled"),
    metrics_that_nobody_reads=api(True, *SETTINGS, "MetricsEnabled"),
    second_stage=api(None, "OpenApiVersion"),
)
def one_stage_that_throttles_and_logs_no_data(t):
    # The rest are the caps of routes (caps_checks.py).
    assert one(t, "AWS::ApiGateway::Stage")["MethodSettings"][0] == {
        "ResourcePath": "/*",
        "HttpMethod": "*",
        "ThrottlingRateLimit": {"Ref": "ThrottlingRate"},
        "ThrottlingBurstLimit": {"Ref": "ThrottlingBurst"},
        "MetricsEnabled": False,
        "LoggingLevel": "OFF",
        "DataTraceEnabled": False,
        "CachingEnabled": False,
    }
    # Without OpenApiVersion SAM creates a second stage named "Stage".
    assert not [d for d in of_type(t, "AWS::ApiGateway::Deployment").values() if "StageName" in d["Properties"]]


def substituted(text):
    """The text with every gateway variable replaced as the gateway would, and the variables' names."""
    names = re.findall(r"\$([A-Za-z.]+)", text)
    return re.sub(r"\$[A-Za-z.]+", "c0ffee", text), set(names)


# Who, when, what and how it ended; no path, query, header or body, which hold
# addresses, codes and tokens.
LOGGED = {
    "context.apiId", "context.requestTimeEpoch", "context.requestId", "context.extendedRequestId",
    "context.identity.userArn", "context.authorizer.principalId", "context.identity.accountId", "context.identity.sourceIp", "context.identity.vpceId",
    "context.httpMethod", "context.resourcePath", "context.status", "context.error.responseType",
    "context.responseLength", "context.responseLatency",
    "context.integration.latency", "context.integration.integrationStatus",
}  # fmt: skip


def logging_more(member):
    """A sabotage that adds a member to what is logged already."""

    def change(template):
        setting = template["Resources"]["Api"]["Properties"]["AccessLogSetting"]
        setting["Format"] = setting["Format"].replace('{"time"', "{" + member + ',"time"')

    return change


@check(
    none=api(None, "AccessLogSetting"),
    path=api('{"path":"$context.path"}', "AccessLogSetting", "Format"),
    path_among_others=logging_more('"path":"$context.path"'),
    query_string=logging_more('"query":"$context.requestOverride.querystring"'),
    parameters=logging_more('"code":"$input.params(\'code\')"'),
    body=logging_more('"body":"$input.body"'),
    user_agent=logging_more('"agent":"$context.identity.userAgent"'),
    header=api('{"q":"$input.params(\'code\')"}', "AccessLogSetting", "Format"),
    not_json=api("$context.requestId $context.status", "AccessLogSetting", "Format"),
)
def access_logs_are_json_without_personal_data(t):
    setting = one(t, "AWS::ApiGateway::Stage").get("AccessLogSetting", {})
    line, names = substituted(setting.get("Format", ""))
    try:
        entry = json.loads(line)
    except ValueError as e:
        raise AssertionError(f"not JSON: {line}") from e
    assert "\n" not in line and names <= LOGGED, names - LOGGED
    assert {"request_id", "caller", "principal", "route", "status"} <= set(entry)
    assert setting["DestinationArn"] == {"Fn::GetAtt": ["AccessLogs", "Arn"]}


KINDS = set(
    """ACCESS_DENIED API_CONFIGURATION_ERROR AUTHORIZER_CONFIGURATION_ERROR AUTHORIZER_FAILURE BAD_REQUEST_BODY
    BAD_REQUEST_PARAMETERS DEFAULT_4XX DEFAULT_5XX EXPIRED_TOKEN INTEGRATION_FAILURE INTEGRATION_TIMEOUT
    INVALID_API_KEY INVALID_SIGNATURE MISSING_AUTHENTICATION_TOKEN QUOTA_EXCEEDED REQUEST_TOO_LARGE
    RESOURCE_NOT_FOUND THROTTLED UNAUTHORIZED UNSUPPORTED_MEDIA_TYPE WAF_FILTERED""".split()
)
HEADERS = {
    "gatewayresponse.header.Content-Type": "'application/problem+json'",
    "gatewayresponse.header.Cache-Control": "'no-store'",
    "gatewayresponse.header.X-Content-Type-Options": "'nosniff'",
    "gatewayresponse.header.X-Request-Id": "context.requestId",
}


def gateway_problems(t):
    """Kind of gateway response → its status, headers and the problem document."""
    responses = one(t, "AWS::ApiGateway::RestApi")["Body"].get("x-amazon-apigateway-gateway-responses", {})
    for kind, response in responses.items():
        assert set(response["responseTemplates"]) == {"application/json"}, kind
        body, names = substituted(response["responseTemplates"]["application/json"])
        assert names == {"context.requestId"}, f"{kind} tells {names}"
        try:
            document = json.loads(body)
        except ValueError as e:
            raise AssertionError(f"{kind} is not JSON: {body}") from e
        yield kind, int(response["statusCode"]), response["responseParameters"], document


def answer(value, kind, *path):
    return api(value, "GatewayResponses", kind, *path)


@check(
    a_kind_less=answer(None, "WAF_FILTERED"),
    no_status=answer(500, "INTEGRATION_TIMEOUT", "StatusCode"),
    not_json=answer('{"code":forbidden}', "ACCESS_DENIED", "ResponseTemplates", "application/json"),
    own_message=answer(
        '{"type":"urn:usher:problem:forbidden","detail":$context.error.messageString,"request_id":"$context.requestId"}',
        "ACCESS_DENIED", "ResponseTemplates", "application/json",
    ),
    cached=answer(None, "DEFAULT_5XX", "ResponseParameters", "Headers", "Cache-Control"),
    media_type=answer("'application/json'", "DEFAULT_5XX", "ResponseParameters", "Headers", "Content-Type"),
    how_to_authenticate=answer(None, "UNAUTHORIZED", "ResponseParameters", "Headers", "WWW-Authenticate"),
    when_to_retry=answer(None, "THROTTLED", "ResponseParameters", "Headers", "Retry-After"),
)  # fmt: skip
def every_answer_of_the_gateway_is_a_problem_document(t):
    found = {}
    for kind, status, headers, document in gateway_problems(t):
        found[kind] = document["code"]
        assert set(document) == {"type", "title", "status", "detail", "code", "request_id"}, kind
        assert document["type"] == "urn:usher:problem:" + document["code"], kind
        assert document["status"] == status and document["title"] and document["detail"], kind
        assert document["request_id"] == "c0ffee", kind
        more = {429: {"gatewayresponse.header.Retry-After": "'1'"}, 401: {"gatewayresponse.header.WWW-Authenticate": "'Bearer'"}}
        assert headers == HEADERS | more.get(status, {}), (kind, headers)
    assert set(found) == KINDS, set(found) ^ KINDS
    assert found["MISSING_AUTHENTICATION_TOKEN"] == "not-authenticated-or-no-such-route"
    assert found["DEFAULT_4XX"] == "not-authenticated"


def of_a_bad_request(template):
    responses = template["Resources"]["Api"]["Properties"]["GatewayResponses"]
    responses["DEFAULT_4XX"] = responses["BAD_REQUEST_BODY"]


def of_a_signature(template):
    responses = template["Resources"]["Api"]["Properties"]["GatewayResponses"]
    responses["DEFAULT_4XX"] = responses["INVALID_SIGNATURE"]


@check(of_a_bad_request=of_a_bad_request, of_a_signature=of_a_signature, another_status=answer(400, "DEFAULT_4XX", "StatusCode"))
def the_default_answer_names_its_causes(t):
    problems = {kind: (status, document) for kind, status, _, document in gateway_problems(t)}
    status, document = problems["DEFAULT_4XX"]
    assert (status, document["code"]) == (403, "not-authenticated")
    for cause in ("access key", "session token", "Authorization header", "path is too long"):
        assert cause in document["detail"], cause


def agreed_problems():
    """Code → (status, title), as in the contract's examples."""
    documents = [e["value"] for e in CONTRACT["components"]["examples"].values() if isinstance(e.get("value"), dict)]
    return {d["code"]: (d["status"], d["title"]) for d in documents if "code" in d and "title" in d}


def retitled(template):
    responses = template["Resources"]["Api"]["Properties"]["GatewayResponses"]
    document = responses["DEFAULT_5XX"]["ResponseTemplates"]["application/json"]
    responses["DEFAULT_5XX"]["ResponseTemplates"]["application/json"] = document.replace("Something went", "It went")


def recoded(template):
    responses = template["Resources"]["Api"]["Properties"]["GatewayResponses"]
    document = responses["DEFAULT_5XX"]["ResponseTemplates"]["application/json"]
    responses["DEFAULT_5XX"]["ResponseTemplates"]["application/json"] = document.replace("internal", "oops")


@check(another_title=retitled, unknown_code=recoded)
def codes_mean_at_the_gateway_what_the_contract_says(t):
    agreed = agreed_problems()
    for kind, status, _, document in gateway_problems(t):
        assert agreed.get(document["code"]) == (status, document["title"]), (kind, document["code"])


# ---------------------------------------------------------------- the functions


def functions(t):
    found = of_type(t, "AWS::Lambda::Function")
    assert found
    return {name: r["Properties"] for name, r in found.items()}


# Functions that are called by other services than the API.
WITHOUT_ROUTES = {"Authorizer", "RotateSecret", "RunJob"}

# A change of secret takes the provider half a minute, which its last test waits for. The worker of jobs
# works for some minutes.
TIMEOUTS = {"RotateSecret": 120, "RunJob": 300}


@check(
    longer=function(29, "Timeout"),
    rotation_cut_off=put(10, "RotateSecret", "Properties", "Timeout"),
    worker_cut_off=put(60, "RunJob", "Properties", "Timeout"),
    worker_by_the_parameter=put({"Ref": "MemorySize"}, "RunJob", "Properties", "MemorySize"),
    other_runtime=function("provided.al2", "Runtime"),
    fixed_architecture=function(["x86_64"], "Architectures"),
    own_memory=function(1024, "MemorySize"),
)
def functions_are_alike(t):
    for name, f in functions(t).items():
        assert f["Timeout"] == TIMEOUTS.get(name, 10), name
        assert f["Runtime"] == "provided.al2023" and f["Handler"] == "bootstrap", name
        assert f["Architectures"] == [{"Ref": "Architecture"}] and f["MemorySize"] == (512 if name == "RunJob" else {"Ref": "MemorySize"}), name
    assert t["Parameters"]["Architecture"]["Default"] == "arm64"


SECRET = {"Ref": "SecretArn"}
READ_SECRET = {"Fn::If": ["HasReadSecret", {"Ref": "ReadSecretArn"}, SECRET]}


def routes_of(t):
    """Function → its routes: (path, method)."""
    found = {name: set() for name in functions(t)}
    for path, method, definition in methods(t):
        uri = definition["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
        found[re.search(r"\$\{(\w+)Aliaslive\}", uri)[1]].add((path, method))
    return found


def only_reads(routes):
    """Whether functions with these routes can work with an application that may only read. A sign-in uses another application."""
    return bool(routes) and all(method == "get" and not is_sign_in(path, method) for path, method in routes)


def keeps_jobs(t, name):
    """Whether the function is of jobs. They all need the same secret, from which the keys of what they store derive."""
    return t["Resources"][name].get("Condition") == "HasJobs"


def secret_of(t, name):
    return READ_SECRET if only_reads(routes_of(t)[name]) and not keeps_jobs(t, name) else SECRET


@check(
    a_writer_reads=put(READ_SECRET, MANAGER, "Properties", "Environment", "Variables", "SECRET_ID"),
    sign_in_reads=put(READ_SECRET, SIGN_IN, "Properties", "Environment", "Variables", "SECRET_ID"),
    a_reader_manages=function(None, "Environment"),
    a_reader_that_writes=route("POST", "Method"),
    the_other_way_round=function(
        {"Fn::If": ["HasReadSecret", SECRET, {"Ref": "ReadSecretArn"}]}, "Environment", "Variables", "SECRET_ID"
    ),
    another_condition=lambda t: t["Conditions"].update(HasReadSecret={"Fn::Equals": [{"Ref": "ReadSecretArn"}, ""]}),
    always_on=lambda t: t["Parameters"]["ReadSecretArn"].update(Default="x"),
)
def what_only_reads_can_have_a_secret_of_its_own(t):
    assert t["Conditions"]["HasReadSecret"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "ReadSecretArn"}, ""]}]}
    assert t["Parameters"]["ReadSecretArn"]["Default"] == ""
    for name, f in functions(t).items():
        assert f["Environment"]["Variables"]["SECRET_ID"] == secret_of(t, name), name


# Each variable and the parameter that sets it.
ENVIRONMENT = {
    "SECRET_TTL": {"Ref": "SecretTtl"},
    "CONNECTION": {"Ref": "Connection"},
    "REDIRECT_URIS": {"Ref": "RedirectUris"},
    "POST_LOGOUT_REDIRECT_URIS": {"Ref": "PostLogoutRedirectUris"},
    "RESULT_URLS": {"Ref": "ResultUrls"},
    "AUDIENCE": {"Ref": "Audience"},
    "MANAGEMENT_AUDIENCE": {"Ref": "ManagementAudience"},
    "SCOPES": {"Ref": "Scopes"},
    "LOGIN_BINDING": {"Ref": "LoginBinding"},
    "FRONTEND_AUTH": {"Fn::If": ["TakesTokens", "bearer", "iam"]},
    "FRONTEND_LIMITS": {"Ref": "FrontendLimits"},
    "DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS": {"Ref": "DangerouslyAllowUnauthenticatedCallers"},
    "AUTH0_PLAN": {"Fn::If": ["HasCustomLimits", {"Fn::Sub": "custom:${Auth0Limits}"}, {"Ref": "Auth0Plan"}]},
    "LOG_LEVEL": {"Ref": "LogLevel"},
    "METRICS_SERVICE": {"Ref": "AWS::StackName"},
    "AWS_ENDPOINT_URL_SECRETS_MANAGER": {"Ref": "SecretsManagerEndpoint"},
    "SETTINGS_VERSION": {"Ref": "Settings"},
}
JOBS = {"JOBS_BUCKET": {"Ref": "JobsBucket"}, "JOBS_MACHINE": {"Ref": "JobsMachine"}, "JOB_RETENTION_DAYS": {"Ref": "JobRetentionDays"}}
OWN = {
    "Authorizer": {
        "FRONTEND_ISSUER": {"Ref": "FrontendIssuer"},
        "FRONTEND_AUDIENCE": {"Ref": "FrontendAudience"},
        "FRONTEND_TOKEN_RULE": {"Ref": "FrontendTokenRule"},
        "FRONTEND_LIMITS": "",
    },
    # To tell two secrets about one application, which would undo each other.
    "RotateSecret": {"READ_SECRET_ID": {"Ref": "ReadSecretArn"}},
    # The state machine names the worker, so the worker cannot name the state machine.
    "RunJob": {name: value for name, value in JOBS.items() if name != "JOBS_MACHINE"},
}


@check(
    sam_local=function("true", "Environment", "Variables", "AWS_SAM_LOCAL"),
    a_secret=function("hunter2", "Environment", "Variables", "CLIENT_SECRET"),
    an_issuer_for_all=function({"Ref": "FrontendIssuer"}, "Environment", "Variables", "FRONTEND_ISSUER"),
    limits_for_nobody=function("", "Environment", "Variables", "FRONTEND_LIMITS"),
    always_bearer=function("bearer", "Environment", "Variables", "FRONTEND_AUTH"),
    the_other_way=function({"Fn::If": ["TakesTokens", "iam", "bearer"]}, "Environment", "Variables", "FRONTEND_AUTH"),
    another_condition=lambda t: t["Conditions"].update(TakesTokens={"Fn::Equals": [{"Ref": "FrontendAuth"}, "AWS_IAM"]}),
    metrics_of_nobody=variables(METRICS_SERVICE={"Ref": "LogLevel"}),
    audiences_swapped=variables(AUDIENCE={"Ref": "ManagementAudience"}, MANAGEMENT_AUDIENCE={"Ref": "Audience"}),
    addresses_swapped=variables(POST_LOGOUT_REDIRECT_URIS={"Ref": "ResultUrls"}, RESULT_URLS={"Ref": "PostLogoutRedirectUris"}),
    scopes_of_a_binding=variables(SCOPES={"Ref": "LoginBinding"}, LOGIN_BINDING={"Ref": "Scopes"}),
    the_users_audience=put({"Ref": "Audience"}, "Authorizer", "Properties", "Environment", "Variables", "FRONTEND_AUDIENCE"),
)
def the_environment_holds_settings_only(t):
    """Each variable its own parameter: what is no parameter cannot be set by who deploys, or is a secret in the template."""
    # Under AWS_SAM_LOCAL the functions take calls from nobody in particular.
    assert "AWS_SAM_LOCAL" not in json.dumps(t)
    for name, f in functions(t).items():
        own = {"SECRET_ID": secret_of(t, name)} | OWN.get(name, JOBS if keeps_jobs(t, name) else {})
        assert f["Environment"]["Variables"] == ENVIRONMENT | own, name
    assert t["Conditions"]["TakesTokens"] == {"Fn::Equals": [{"Ref": "FrontendAuth"}, "bearer"]}
    assert t["Parameters"]["SecretsManagerEndpoint"]["Default"] == ""


@check(
    anybody=parameter("true", "DangerouslyAllowUnauthenticatedCallers", "Default"),
    anybody_for_good=function("true", "Environment", "Variables", "DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS"),
)
def nobody_is_refused_unless_asked(t):
    """The gateway may be opened by mistake; the functions must not be open behind it."""
    allow = "DangerouslyAllowUnauthenticatedCallers"
    assert t["Parameters"][allow]["Default"] == "false"
    assert t["Parameters"][allow]["AllowedValues"] == ["true", "false"]
    for name, f in functions(t).items():
        assert f["Environment"]["Variables"]["DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS"] == {"Ref": allow}, name


@check(
    function_url=function({"AuthType": "NONE"}, "FunctionUrlConfig"),
    another_caller=put(
        {
            "Type": "AWS::Lambda::Permission",
            "Properties": {"Action": "lambda:InvokeFunction", "FunctionName": {"Ref": READER}, "Principal": "*"},
        },
        "Extra",
    ),
    from_any_api=put(
        {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "Action": "lambda:InvokeFunction",
                "FunctionName": {"Ref": f"{READER}.Alias"},
                "Principal": "apigateway.amazonaws.com",
                "SourceArn": {"Fn::Sub": ["arn:aws:execute-api:*:*:${__ApiId__}", {"__ApiId__": "*"}]},
            },
        },
        "Extra",
    ),
    past_the_alias=function("", "AutoPublishAlias"),
)
def only_the_gateway_may_call_a_function(t):
    assert not of_type(t, "AWS::Lambda::Url")
    for name, p in of_type(t, "AWS::Lambda::Permission").items():
        if p["Properties"]["FunctionName"] == {"Ref": "RotateSecret"}:
            continue
        assert p["Properties"]["Principal"] == "apigateway.amazonaws.com", name
        assert p["Properties"]["SourceArn"]["Fn::Sub"][1]["__ApiId__"] == {"Ref": "Api"}, name
        # Not the function itself, whose latest version no release has tried.
        assert p["Properties"]["FunctionName"]["Ref"] in of_type(t, "AWS::Lambda::Alias"), name


PERMISSION, SCHEDULE = ("RotateSecretPermission", "Properties"), ("RotateSecretSchedule", "Properties")


@check(
    always_on=lambda t: t["Parameters"]["RotationDays"].update(Default=30),
    without_condition=put(None, "RotateSecretSchedule", "Condition"),
    function_without_condition=put(None, "RotateSecret", "Condition"),
    other_way_round=lambda t: t["Conditions"].update(Rotates={"Fn::Equals": [{"Ref": "RotationDays"}, "0"]}),
    read_secret_that_is_none=put("Rotates", "RotateReadSecretSchedule", "Condition"),
    any_account=put(None, *PERMISSION, "SourceAccount"),
    anyone=put("*", *PERMISSION, "Principal"),
    another_permission=put(
        {
            "Type": "AWS::Lambda::Permission",
            "Properties": {"Action": "lambda:InvokeFunction", "FunctionName": {"Ref": "RotateSecret"}, "Principal": "*"},
        },
        "Extra",
    ),
    a_route=put(
        {"Rotate": {"Type": "Api", "Properties": {"RestApiId": {"Ref": "Api"}, "Method": "POST", "Path": "/rotate"}}},
        "RotateSecret", "Properties", "Events",
    ),
    at_every_deployment=put(True, *SCHEDULE, "RotateImmediatelyOnUpdate"),
    too_early=put(None, "RotateReadSecretSchedule", "DependsOn"),
    another_function=put({"Fn::GetAtt": [READER, "Arn"]}, *SCHEDULE, "RotationLambdaARN"),
    managed_by_the_reader=put(READ_SECRET, "RotateSecret", "Properties", "Environment", "Variables", "SECRET_ID"),
)  # fmt: skip
def secrets_manager_alone_rotates_and_only_where_told(t):
    assert t["Parameters"]["RotationDays"]["Default"] == 0
    assert t["Conditions"]["Rotates"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "RotationDays"}, "0"]}]}
    both = {"Fn::And": [{"Condition": "Rotates"}, {"Condition": "HasReadSecret"}]}
    assert t["Conditions"]["RotatesReadSecret"] == both
    conditions = {name: r.get("Condition") for name, r in t["Resources"].items() if name.startswith("Rotate")}
    assert conditions.pop("RotateReadSecretSchedule") == "RotatesReadSecret"
    assert conditions == dict.fromkeys(["RotateSecret", "RotateSecretRole", "RotateSecretPermission", "RotateSecretSchedule"], "Rotates")

    callers = [
        p["Properties"]
        for p in of_type(t, "AWS::Lambda::Permission").values()
        if p["Properties"]["FunctionName"] == {"Ref": "RotateSecret"}
    ]
    assert callers == [
        {
            "Action": "lambda:InvokeFunction",
            "FunctionName": {"Ref": "RotateSecret"},
            "Principal": "secretsmanager.amazonaws.com",
            "SourceAccount": {"Ref": "AWS::AccountId"},
        }
    ]
    assert {name for name, routes in routes_of(t).items() if not routes} == WITHOUT_ROUTES
    assert functions(t)["RotateSecret"]["Environment"]["Variables"]["SECRET_ID"] == SECRET
    for name, secret in {"RotateSecretSchedule": "SecretArn", "RotateReadSecretSchedule": "ReadSecretArn"}.items():
        assert t["Resources"][name]["DependsOn"] == "RotateSecretPermission", name
        assert t["Resources"][name]["Properties"] == {
            "SecretId": {"Ref": secret},
            "RotationLambdaARN": {"Fn::GetAtt": ["RotateSecret", "Arn"]},
            "RotationRules": {"AutomaticallyAfterDays": {"Ref": "RotationDays"}},
            "RotateImmediatelyOnUpdate": False,
        }, name


@check(
    function_name=function("a-name", "FunctionName"),
    role_name=put("a-name", "ReadRole", "Properties", "RoleName"),
    log_group_name=put("/usher/operations", "OperationLogs", "Properties", "LogGroupName"),
    bucket_name=put("usher-jobs", "JobsBucket", "Properties", "BucketName"),
    machine_name=put("usher-jobs", "JobsMachine", "Properties", "Name"),
    api_name=api("usher", "Name"),
)
def two_stacks_do_not_collide(t):
    for name, r in t["Resources"].items():
        names = {"FunctionName", "RoleName", "LogGroupName", "ManagedPolicyName", "BucketName", "StateMachineName"}
        fixed = {k for k, v in r.get("Properties", {}).items() if k in names and not isinstance(v, dict)}
        assert r["Type"] == "AWS::Lambda::Permission" or not fixed, (name, fixed)
    assert one(t, "AWS::ApiGateway::RestApi")["Name"] == {"Ref": "AWS::StackName"}


@check(nothing_to_call=lambda t: t["Outputs"].pop("Url"))
def the_outputs_tell_what_to_call(t):
    assert {"Url", "ApiId", "InvokeArn"} <= set(t["Outputs"])


def many_log_groups(template):
    for n in range(450):
        template["Resources"][f"Extra{n}"] = {"Type": "AWS::Logs::LogGroup"}


@check(many_resources=many_log_groups)
def the_stack_stays_below_cloudformations_limit(t):
    # The limit is 500; the rest is room for what a company adds.
    assert len(t["Resources"]) < 450, len(t["Resources"])


def policy(value, *path):
    return put(value, "UsherRead", "Properties", "PolicyDocument", "Statement", 0, *path)


@check(
    everything=policy("*", "Resource"),
    any_api=policy([{"Fn::Sub": "arn:aws:execute-api:*:*:*/*/GET/users"}], "Resource"),
    any_route=policy(
        [{"Fn::Sub": "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/${Stage}/*"}], "Resource"
    ),
    any_action=policy("execute-api:*", "Action"),
    functions=policy(["execute-api:Invoke", "lambda:InvokeFunction"], "Action"),
    attached=put(["someone"], "UsherRead", "Properties", "Roles"),
)
def a_policy_lets_call_named_routes_of_this_api_alone(t):
    policies = of_type(t, "AWS::IAM::ManagedPolicy")
    assert policies
    for name, p in policies.items():
        assert set(p["Properties"]) == {"Description", "PolicyDocument"}, name
        for s in p["Properties"]["PolicyDocument"]["Statement"]:
            assert set(s) == {"Effect", "Action", "Resource"}, name
            assert (s["Effect"], s["Action"]) == ("Allow", "execute-api:Invoke"), name
            assert isinstance(s["Resource"], list), name
            for r in s["Resource"]:
                assert re.fullmatch(re.escape(EXECUTE_API) + r"(GET|POST|PUT|PATCH|DELETE)/[a-z-]+(/\*|/[a-z-]+)*", r["Fn::Sub"]), r
