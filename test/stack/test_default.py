"""The stack as it is by default: front-ends sign."""

import json

import pytest
from botocore.credentials import Credentials

import access
from calls import Api
from frontends import roles, signing
from insights import parse
from runbook import ENTRIES
from stack import deployed
from tenant import REDIRECT_URI, USER


@pytest.fixture(scope="module")
def stack(emulator, default):
    with deployed(emulator, "default", default) as stack:
        yield stack


@pytest.fixture(scope="module")
def api(stack):
    return Api(stack)


@pytest.fixture(scope="module")
def frontends(stack):
    with roles(stack) as credentials:
        yield credentials


@pytest.fixture
def call(api, frontends):
    """A signed call by a role with the permission that is named first."""
    return lambda permission, *request, **more: api.signed(frontends[permission], *request, **more)


def test_a_role_may_call_what_its_policy_is_for_and_nothing_else(api, frontends):
    assert access.of_the_permissions(signing(api, frontends)) == []


def test_no_operation_is_open_to_strangers(api):
    assert access.of_strangers(api, access.NO_SIGNATURE) == []


def spoilt_signature(headers):
    text = headers["Authorization"]
    headers.replace_header("Authorization", text[:-1] + ("0" if text[-1] != "0" else "1"))


def without_session_token(headers):
    del headers["X-Amz-Security-Token"]


def malformed(headers):
    headers.replace_header("Authorization", "AWS4-HMAC-SHA256 nonsense")


def bearer(headers):
    headers.replace_header("Authorization", "Bearer eyJhbGciOiJub25lIn0.e30.e30")


@pytest.mark.parametrize("spoil", [spoilt_signature, without_session_token, malformed, bearer])
def test_a_call_with_a_bad_signature_is_refused(call, spoil):
    refused(call("UsherRead", "GET", "/users", spoil=spoil))


def test_a_call_with_credentials_that_do_not_go_together_is_refused(api, frontends):
    own, other = frontends["UsherRead"], frontends["UsherManage"]
    refused(api.signed(Credentials("ASIAUNKNOWNKEY000000", own.secret_key, own.token), "GET", "/users"))
    refused(api.signed(Credentials(own.access_key, other.secret_key, own.token), "GET", "/users"))
    refused(api.signed(Credentials(own.access_key, own.secret_key, other.token), "GET", "/users"))
    refused(api.signed(Credentials(own.access_key, own.secret_key, "no-session-token"), "GET", "/users"))


def refused(answer):
    """By the gateway in the template's words, as of a caller that it does not know."""
    assert answer.status == 403, answer
    assert answer.code in ("not-authenticated", "not-authenticated-or-no-such-route"), answer
    assert answer.headers["Content-Type"] == "application/problem+json" and answer.headers["X-Request-Id"], answer.headers


def test_the_signature_covers_the_body(api, frontends):
    def other_body(headers):
        headers["X-Amz-Content-SHA256"] = "0" * 64

    refused(api.signed(frontends["UsherManage"], "POST", "/users", '{"email":"eve@example.com"}', spoil=other_body))


def test_a_user_from_creation_to_deletion(call):
    made = call("UsherManage", "POST", "/users", json.dumps({"email": "new@example.com", "name": "New"}))
    assert made.status == 201, made
    of_user = made.headers["Location"].removesuffix("/")
    of_user = "/users/" + of_user.rsplit("/", 1)[-1]
    assert call("UsherRead", "GET", of_user).json["email"] == "new@example.com"
    changed = call("UsherManage", "PATCH", of_user, json.dumps({"name": "Newer"}))
    assert (changed.status, changed.json["name"]) == (200, "Newer"), changed
    found = call("UsherRead", "GET", "/users?email=new%40example.com")
    assert [u["name"] for u in found.json["users"]] == ["Newer"], found
    assert call("UsherManage", "DELETE", of_user).status == 204
    gone = call("UsherRead", "GET", of_user)
    assert (gone.status, gone.code) == (404, "user-not-found"), gone


def test_the_function_knows_who_signed(call, stack):
    answer = call("UsherRead", "GET", "/users")
    caller = f":assumed-role/{stack.name}-UsherRead/front-end"
    assert any(caller in line for line in stack.lines_of(answer.headers["X-Request-Id"])), answer


def test_the_runbooks_query_finds_a_request_and_its_function(call, stack):
    answer = call("UsherRead", "GET", "/users")
    lines = stack.lines_in(stack.outputs["OperationLogGroup"])
    (query,) = ENTRIES["Follow one request"]
    (row,) = parse(query.replace("REQUEST-ID", answer.headers["X-Request-Id"])).run(lines)
    assert (row["msg"], row["status"]) == ("request", 200) and row["function"] in stack.aliases(), row
    platform = [line for line in lines if line["@message"].startswith(("START ", "REPORT "))]
    assert platform and not any("function" in line for line in platform)


@pytest.mark.parametrize("written", ["auth0%7C65e19a100000000000000002", "auth0|65e19a100000000000000002"])
def test_the_bar_of_an_id_may_be_encoded_or_not(call, written):
    answer = call("UsherRead", "GET", f"/users/{written}")
    assert (answer.status, answer.json.get("email")) == (200, "grace@example.com"), answer


def test_an_id_is_decoded_once(call):
    """%257C is an id with a percent sign in it, which nobody has."""
    answer = call("UsherRead", "GET", "/users/auth0%257C65e19a100000000000000002")
    assert (answer.status, answer.code) == (404, "user-not-found"), answer


def test_the_emulator_decodes_what_it_hands_on(api, call, monkeypatch):
    """It is why Api.path encodes once more: to AWS, and to the functions, this is the id of the test before."""
    monkeypatch.setattr(api, "path", lambda target: f"/{api.stage}{target}")
    assert call("UsherRead", "GET", "/users/auth0%257C65e19a100000000000000002").status == 200


def test_a_body_that_is_too_large_or_no_json_is_refused(call):
    large = call("UsherManage", "POST", "/users", json.dumps({"email": "a@example.com", "name": "a" * 65_536}))
    assert (large.status, large.code) == (413, "body-too-large"), large
    form = call("UsherManage", "POST", "/users", "email=a@example.com", {"Content-Type": "application/x-www-form-urlencoded"})
    assert (form.status, form.code) == (415, "unsupported-media-type"), form


def test_a_sign_in_from_beginning_to_end(call, tenant):
    begun = call("UsherSignIn", "GET", "/login")
    assert begun.status == 302, begun
    back = tenant.sign_in(begun.headers["Location"]).removeprefix(REDIRECT_URI)
    cookie = {"Cookie": begun.headers["Set-Cookie"].split(";")[0]}

    elsewhere = call("UsherSignIn", "GET", "/callback" + back)
    assert (elsewhere.status, elsewhere.code) == (400, "state-not-from-this-browser"), elsewhere
    done = call("UsherSignIn", "GET", "/callback" + back, headers=cookie)
    assert (done.status, done.json["account"]["email"]) == (200, USER), done
    assert "Max-Age=0" in done.headers["Set-Cookie"]
    again = call("UsherSignIn", "GET", "/callback" + back, headers=cookie)
    assert (again.status, again.code) == (400, "code-refused"), again

    refreshed = call("UsherSignIn", "POST", "/token", json.dumps({"refresh_token": done.json["tokens"]["refresh_token"]}))
    assert refreshed.status == 200 and refreshed.json["access_token"], refreshed
    assert call("UsherSignIn", "GET", "/logout").status == 302
