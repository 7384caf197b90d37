"""What must be true of how front-ends are authenticated, in each setting of settings.py; see settings_checks.py."""

import re

from checks import READER, api, both, function, methods, put, route
from settings_checks import check
from transformed import of_type, one

BEARER = ("Auth", "Authorizers", "bearer")
IAM, TOKENS = "off", "bearer tokens"


def schemes(d):
    return one(d, "AWS::ApiGateway::RestApi")["Body"]["components"]["securitySchemes"]


def own_auth(value):
    return route(value, "Auth")


def by_default(value):
    def change(template):
        template["Parameters"]["FrontendAuth"]["Default"] = value

    return change


@check(
    no_default=(IAM, api(None, "Auth", "DefaultAuthorizer")),
    no_default_for_tokens=(TOKENS, api(None, "Auth", "DefaultAuthorizer")),
    one_open_route=(IAM, own_auth({"Authorizer": "NONE"})),
    one_open_route_with_tokens=(TOKENS, own_auth({"Authorizer": "NONE"})),
    one_route_by_tokens=(IAM, own_auth({"Authorizer": "bearer"})),
    one_route_by_iam=(TOKENS, own_auth({"Authorizer": "AWS_IAM"})),
    iam_for_good=(TOKENS, api("AWS_IAM", "Auth", "DefaultAuthorizer")),
    tokens_for_good=(IAM, api("bearer", "Auth", "DefaultAuthorizer")),
    open_for_good=(IAM, api("NONE", "Auth", "DefaultAuthorizer")),
    a_key_instead=(IAM, both(api(None, "Auth", "DefaultAuthorizer"), api(True, "Auth", "ApiKeyRequired"))),
    tokens_unless_told=(IAM, by_default("bearer")),
)
def every_method_wants_what_the_parameter_says(d):
    wanted = d["Values"]["FrontendAuth"]
    found = list(methods(d))
    assert found
    for path, method, definition in found:
        assert definition.get("security") == [{wanted: []}], (path, method, definition.get("security"))
    assert wanted == ("bearer" if d["Values"]["FrontendIssuer"] else "AWS_IAM")
    assert set(schemes(d)) == {"bearer", wanted}
    if wanted == "AWS_IAM":
        assert schemes(d)["AWS_IAM"]["x-amazon-apigateway-authtype"] == "awsSigv4"


TOKEN = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln-_"
LOOKS_LIKE_A_TOKEN = ["Bearer " + TOKEN, "bearer " + TOKEN, "BEARER " + TOKEN]
DOES_NOT = [
    "", TOKEN, "Bearer", "Bearer ", "Basic " + TOKEN, "Bearer  " + TOKEN, "Bearer " + TOKEN + " ", "Bearer " + TOKEN + ".x",
    "Bearer " + TOKEN + ", Bearer " + TOKEN, "Bearer a.b", "Bearer a.b.", "Bearer a.b.c=", "x Bearer " + TOKEN,
]  # fmt: skip


@check(
    another_header=(TOKENS, api("X-Token", *BEARER, "Identity", "Header")),
    kept_for_long=(TOKENS, api(300, *BEARER, "Identity", "ReauthorizeEvery")),
    kept_as_long_as_the_gateway_likes=(TOKENS, api(None, *BEARER, "Identity", "ReauthorizeEvery")),
    whatever_comes=(TOKENS, api(None, *BEARER, "Identity", "ValidationExpression")),
    any_text=(TOKENS, api("^Bearer .*$", *BEARER, "Identity", "ValidationExpression")),
    the_middle_of_it=(TOKENS, api(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", *BEARER, "Identity", "ValidationExpression")),
    the_whole_request=(TOKENS, api("REQUEST", *BEARER, "FunctionPayloadType")),
    another_function=(TOKENS, api({"Ref": f"{READER}.Alias"}, *BEARER, "FunctionArn")),
    past_the_alias=(TOKENS, api({"Fn::GetAtt": ["Authorizer", "Arn"]}, *BEARER, "FunctionArn")),
    a_role=(TOKENS, api("arn:aws:iam::123456789012:role/x", *BEARER, "FunctionInvokeRole")),
    a_user_pool=(TOKENS, api({"UserPoolArn": "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/x"}, *BEARER)),
)
def the_authorizer_is_asked_about_the_token_once_a_minute(d):
    scheme = schemes(d)["bearer"]
    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", "Authorization")
    assert scheme["x-amazon-apigateway-authtype"] == "custom"
    asked = scheme["x-amazon-apigateway-authorizer"]
    assert set(asked) == {"type", "authorizerUri", "authorizerResultTtlInSeconds", "identityValidationExpression"}, set(asked)
    assert asked["type"] == "token" and 0 < asked["authorizerResultTtlInSeconds"] <= 60
    assert asked["authorizerUri"].endswith("/functions/${AuthorizerAliaslive}/invocations"), asked["authorizerUri"]
    pattern = re.compile(asked["identityValidationExpression"])
    assert all(pattern.search(text) for text in LOOKS_LIKE_A_TOKEN)
    assert not [text for text in DOES_NOT if pattern.search(text)]


def authorizers(d):
    """Who may call the authorizer, and from where."""
    return {
        p["Properties"]["SourceArn"]
        for p in of_type(d, "AWS::Lambda::Permission").values()
        if "Authorizer" in p["Properties"]["FunctionName"]["Ref"]
    }


@check(
    nobody=(TOKENS, api(True, *BEARER, "DisableFunctionDefaultPermissions")),
    a_route=(
        TOKENS,
        put(
            {"Ask": {"Type": "Api", "Properties": {"RestApiId": {"Ref": "Api"}, "Method": "GET", "Path": "/ask"}}},
            "Authorizer", "Properties", "Events",
        ),
    ),
    any_route=(
        TOKENS,
        put(
            {
                "Type": "AWS::Lambda::Permission",
                "Properties": {
                    "Action": "lambda:InvokeFunction",
                    "FunctionName": {"Ref": "Authorizer.Alias"},
                    "Principal": "apigateway.amazonaws.com",
                    "SourceArn": {"Fn::Sub": "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*"},
                },
            },
            "Extra",
        ),
    ),
)  # fmt: skip
def this_apis_authorizer_alone_calls_the_function(d):
    assert authorizers(d) == {"arn:aws:execute-api:eu-central-1:123456789012:${Api}/authorizers/*"}, authorizers(d)


@check(
    another_issuer=(TOKENS, put("https://else.example/", "Authorizer", "Properties", "Environment", "Variables", "FRONTEND_ISSUER")),
    the_users_audience=(TOKENS, put({"Ref": "Audience"}, "Authorizer", "Properties", "Environment", "Variables", "FRONTEND_AUDIENCE")),
    another_rule=(TOKENS, put("client=azp; idtyp=app", "Authorizer", "Properties", "Environment", "Variables", "FRONTEND_TOKEN_RULE")),
    no_rule=("bearer tokens of another issuer", put("", "Authorizer", "Properties", "Environment", "Variables", "FRONTEND_TOKEN_RULE")),
    not_told=(TOKENS, function("iam", "Environment", "Variables", "FRONTEND_AUTH")),
)
def functions_know_how_their_callers_are_authenticated(d):
    values = d["Values"]
    for name, f in of_type(d, "AWS::Lambda::Function").items():
        told = f["Properties"]["Environment"]["Variables"]
        assert told["FRONTEND_AUTH"] == {"AWS_IAM": "iam", "bearer": "bearer"}[values["FrontendAuth"]], name
    told = d["Resources"]["Authorizer"]["Properties"]["Environment"]["Variables"]
    for variable in ("Issuer", "Audience", "TokenRule"):
        name = "FRONTEND_" + re.sub("(?<!^)(?=[A-Z])", "_", variable).upper()
        assert told[name] == values["Frontend" + variable], name
