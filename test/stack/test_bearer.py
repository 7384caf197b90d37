"""The stack where front-ends send tokens that an issuer gave them, here the local tenant."""

import time

import pytest

import access
from calls import Api
from frontends import MACHINES, bearing
from operations import STARTS
from stack import deployed

LIFE = 60  # seconds for which the gateway keeps the authorizer's answer to a token


@pytest.fixture(scope="module")
def stack(emulator, default, bearer):
    # At this level the authorizer logs each token that it accepts.
    with deployed(emulator, "bearer", default | bearer | {"LogLevel": "debug"}) as stack:
        yield stack


@pytest.fixture(scope="module")
def api(stack):
    return Api(stack)


@pytest.fixture(scope="module")
def tokens(tenant):
    return {machine: tenant.token(machine) for machine in MACHINES}


def test_a_token_may_call_what_its_scope_is_for_and_nothing_else(api, tokens):
    assert access.of_the_permissions(bearing(api, tokens), closed=STARTS) == []


def test_a_token_with_all_scopes_may_call_everything(api, tokens):
    callers = bearing(api, dict.fromkeys(tokens, tokens["everything"]))
    assert access.of_one_for_all(callers["UsherRead"]) == []


def test_no_operation_is_open_to_strangers(api):
    assert access.of_strangers(api, access.NO_TOKEN) == []


def forged(token):
    head, body, signature = token.split(".")
    return ".".join([head, body, signature[::-1]])


def test_a_token_that_is_not_right_is_refused(api, stack, tokens, tenant):
    before = asked(stack)
    bad = [forged(tokens["UsherRead"]), tenant.users_token(), tenant.management_token()]
    for token in bad:
        refused(api.bearing(token, "GET", "/users"))
    assert asked(stack) == before + len(bad)


def test_what_does_not_look_like_a_token_never_reaches_the_authorizer(api, stack):
    before = asked(stack)
    refused(api.send("GET", "/users"))
    for value in ("Bearer x", "Bearer a.b", "AWS4-HMAC-SHA256 Credential=a", ""):
        refused(api.send("GET", "/users", headers={"Authorization": value}))
    assert asked(stack) == before


def refused(answer):
    assert (answer.status, answer.code, answer.headers["WWW-Authenticate"]) == (401, "unauthorized", "Bearer"), answer


def test_the_gateway_keeps_the_answer_and_decides_each_call_by_it(api, stack, tenant):
    """Of one token the authorizer hears once, and yet it opens nothing but its own operations."""
    token, before, begun = tenant.token("UsherRead"), asked(stack), time.monotonic()
    for method, target, status in [("GET", "/users", 200), ("GET", "/roles", 403), ("DELETE", "/users/auth0%7C1", 403), ("GET", "/users", 200)]:
        answer = api.bearing(token, method, target)
        assert answer.status == status, (method, target, answer)
    assert 1 <= asked(stack) - before <= 1 + (time.monotonic() - begun) // LIFE


def test_the_function_knows_whose_token_it_was(api, stack, tokens):
    answer = api.bearing(tokens["UsherRead"], "GET", "/users")
    assert any('"caller":"UsherRead"' in line for line in stack.lines_of(answer.headers["X-Request-Id"])), answer


def asked(stack):
    """How many tokens the authorizer has judged."""
    (authorizer,) = stack.emulator.client("apigateway").get_authorizers(restApiId=stack.outputs["ApiId"])["items"]
    function = authorizer["authorizerUri"].split("/functions/")[1].removesuffix("/invocations")
    group = stack.emulator.client("lambda").get_function_configuration(FunctionName=function)["LoggingConfig"]["LogGroup"]
    return len(stack.logged(group, '"token accepted"') + stack.logged(group, '"token refused"'))
