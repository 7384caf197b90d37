"""Valid requests that the service refuses all the same, each with the reason.

schemathesis reports every valid request that is refused. These exemptions name the problem's
code, and the part of the request or the invalid field. All other reports fail the run.
"""

import itertools
import json
import os
import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import unquote

import schemathesis

# Codes that depend on state, which no schema knows: the code, the part of the request that has to
# be there, and where its valid values come from.
STATE = {
    "invalid-cursor": ("query.cursor", "an earlier page"),
    "list-too-uniform": ("query.cursor", "an earlier page"),
    "precondition-failed": ("headers.If-Match", "an earlier response"),
    "idempotency-key-reused": ("headers.Idempotency-Key", "no earlier request"),
    "state-missing": ("", "/login; the provider's error pages have none"),
    "state-invalid": ("query.state", "/login"),
    "refresh-token-refused": ("body.refresh_token", "a sign-in"),
    "opaque-token": ("body.token", "a sign-in"),
    "proof-refused": ("body.id_token", "a sign-in"),
    "account-blocked": ("body.id_token", "a sign-in"),
    "account-has-identities": ("body.id_token", "a sign-in"),
    "unknown-roles": ("", "the tenant's roles"),
    "password-too-weak": ("body.password", "the tenant's password policy"),
    "metadata-too-large": ("body", "the tenant's limit, for old and new metadata"),
    "mfa-not-enrolled": ("path_parameters.user_id", "users with a second factor"),
    "user-has-no-password": ("body.user_id", "users of connections with passwords"),
    "user-has-no-email": ("body.user_id", "users with an address"),
    "primary-identity": ("path_parameters.identity", "linked identities"),
    "results-erased": ("path_parameters.id", "jobs that were not deleted"),
}

TENANT = "the tenant has the connections"
DEPLOYMENT = "the deployment has the allowed URLs"
PARAMETERS = "OpenAPI cannot say it of parameters"
PROSE = "a schema that says it makes generators refuse the contract"
FREE = "metadata is free, and its schema describes the first level only"
NULL = "the same schema serves PATCH, in which null removes a member"
METADATA = r"contains U[+]0000.*|is a name with .*|is not allowed as a name|is a number that would lose digits: .*"

# Invisible characters beside controls and what Unicode does not call printable.
IGNORABLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\ufffd\U000e0000-\U000e0fff]")


def is_invisible(value) -> bool:
    """Reports whether a text has invisible characters that are no controls: patterns cannot name them all."""
    other = lambda c: not c.isprintable() and unicodedata.category(c) != "Cc"  # noqa: E731
    return isinstance(value, str) and (IGNORABLE.search(value) is not None or any(map(other, value)))


def is_longer_in_bytes(value) -> bool:
    """Reports whether a limit in bytes may be less than one in characters."""
    return isinstance(value, str) and not value.isascii()


def is_absent(value) -> bool:
    return value is None


def anything(value) -> bool:
    return True


# Fields that invalid-request refuses: the operation, the field and its detail, all as patterns, the
# condition for the field's value, and the reason.
FIELDS = [
    ("POST /users", "connection", "there is no such connection", anything, TENANT),
    ("POST /users", "invite|Idempotency-Key", "requires a connection with passwords", anything, TENANT),
    ("POST /password-resets", "connection", "has no passwords to set", anything, TENANT),
    ("PATCH /users/{id}", ".*", "cannot be changed: the user's connection sets it", anything, TENANT),
    ("GET /log(in|out)", "(post_logout_)?redirect_uri", "is not one of the allowed URLs", anything, DEPLOYMENT),
    ("POST /(users|(password|verification)-tickets)", "result_url", "is not one of the configured result URLs", anything, DEPLOYMENT),
    ("POST /identities/{user_id}", "(link_)?id_token", "is not a JWT", anything, "ID tokens come from sign-ins"),
    ("GET /users", "search", "cannot be combined with email", anything, PARAMETERS),
    ("GET /login", "prompt", "cannot be none with mfa=required, .*", anything, PARAMETERS),
    ("DELETE /users", "email", "must be in the query or in the body, not in both", anything, PARAMETERS),
    ("DELETE /users", "email", ".*", is_absent, PARAMETERS),
    ("POST /user-exports", "search", "cannot be combined with email", anything, PARAMETERS),
    ("POST /user-exports", ".*", "unknown parameter", anything, PARAMETERS),  # filters beside user_id
    ("POST /users", "email", "is required for an invitation", anything, PROSE),
    ("POST /users", "password|verify_email", "cannot be combined with invite: .*", anything, PROSE),
    ("POST /users", "result_url|ttl|verifies_email", 'requires invite "link"', anything, PROSE),
    ("PATCH /users/{id}", "verify_email", "requires email or email_verified", anything, PROSE),
    ("PUT /user-roles/{user_id}", r"roles[.]\d+", "is given twice", anything, "uniqueItems makes generators use sets"),
    ("(PUT|PATCH) /(app-)?metadata/{user_id}", ".*", METADATA, anything, FREE),
    ("PUT /(app-)?metadata/{user_id}", ".*", "cannot be null: leave it out", anything, NULL),
    ("POST /users", "(app_)?metadata[.].*", "cannot be null: leave it out", anything, NULL),
    ("POST /users", "(app_)?metadata[.].*", METADATA, anything, FREE),
    (".*", "X-Actor", "is not a valid ID|is not UTF-8|has (control|invisible) characters", anything, "a pattern describes the encoded ID only"),
    (".*", ".*", "has invisible characters|must be one email address.*", is_invisible, "patterns cannot name all invisible characters"),
    (".*", ".*", "is longer than [0-9]+ bytes|must have at most [0-9]+ bytes.*", is_longer_in_bytes, "schemas count characters"),
]


def has(case, part: str) -> bool:
    """Reports whether the request has a part, such as query.cursor."""
    container, _, name = part.partition(".")
    value = getattr(case, container) if container else True
    return bool(value) and (not name or name in value)


def sent(case, name: str):
    """Returns the value of a parameter or member, or None."""
    path = {key: unquote(str(value)) for key, value in (case.path_parameters or {}).items()}
    parts = (path, case.query, case.headers, case.body)
    return next((part[name] for part in parts if isinstance(part, Mapping) and name in part), None)


def is_exempt(case, problem: dict) -> bool:
    code, errors = problem.get("code"), problem.get("errors", [])
    if code in STATE:
        return has(case, STATE[code][0])
    return code == "invalid-request" and bool(errors) and all(is_exempt_field(case, **error) for error in errors)


def is_exempt_field(case, field: str, detail: str) -> bool:
    texts = (case.operation.label, field, detail)
    return any(
        all(re.fullmatch(*pair, re.DOTALL) for pair in zip(patterns, texts)) and condition(sent(case, field))
        for *patterns, condition, _reason in FIELDS
    )


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Keeps a failure unless it is exempt."""
    kind, starts = type(failure).__name__, STARTS.fullmatch(case.operation.label)
    if kind == "AcceptedNegativeData" and starts:
        return case.query or case.headers  # any text is a record, which then fails
    if kind != "RejectedPositiveData":
        return True
    if starts and not is_records(case.body):
        return False
    try:
        return not is_exempt(case, response.json())
    except json.JSONDecodeError:
        return True


# Users that a deletion deletes in place of a sample user, whom other requests need.
# scripts/schemathesis.sh adds them.
DOOMED = itertools.cycle(f"65e19a1000000000000001{i:02}" for i in range(60))
SAMPLE_IDS = ["google-oauth2|109876543210987654321"] + [f"auth0|65e19a10000000000000000{i}" for i in (1, 2, 3)]
SAMPLES = re.compile("auth0[|]65e19a1000000000000000..|google-oauth2[|]109876543210987654321|(ada|grace|alan|radia)@example.com", re.IGNORECASE)


# Requests that start jobs: their records are bytes for the schema, and each line has a result of its problems.
STARTS = re.compile("POST /user-(creations|imports|updates|deletions)")


@schemathesis.serializer("application/x-ndjson")
def records(context, value):
    """Sends records as they are."""
    return value if isinstance(value, bytes) else str(value).encode()


@schemathesis.hook
def before_call(context, case, kwargs):
    """Deletes other users than the samples, and asks about a job that exists."""
    label = case.operation.label
    if "/jobs/{id}" in label and str(case.path_parameters.get("id", "")) in SAMPLE_IDS:
        case.path_parameters["id"] = os.environ["JOB"]
    if label == "DELETE /users/{id}" and SAMPLES.fullmatch(str(case.path_parameters.get("id"))):
        case.path_parameters["id"] = f"auth0|{next(DOOMED)}"
    if label == "DELETE /users":
        for part in (case.query, case.body):
            if isinstance(part, dict) and SAMPLES.fullmatch(str(part.get("email"))):
                part["email"] = f"{next(DOOMED)}@example.com"


def is_records(body) -> bool:
    """Reports whether a body has a line and no byte order mark."""
    body = body if isinstance(body, bytes) else str(body).encode(errors="replace")
    return bool(body.strip(b"\r\n")) and not body.startswith(b"\xef\xbb\xbf")


# Operations that need something that no generated request has: what it is.
UNREACHABLE = {
    "GET /callback": "a sign-in",
    "POST /token": "a sign-in",
    "POST /identities/{user_id}": "two sign-ins",
    "DELETE /identities/{user_id}/{provider}/{identity}": "a linked identity",
    "DELETE /sessions/{user_id}/{session}": "a session",
    "DELETE /mfa/{user_id}/methods/{method}": "a second factor",
    "POST /mfa/{user_id}/recovery-code": "a second factor",
    "POST /jobs/{id}/confirmation": "a planned deletion",
}


@schemathesis.check
class every_operation_succeeds:
    """Fails if an operation never succeeded: then only its refusals were tested."""

    def __init__(self):
        self.called, self.succeeded = set(), set()

    def after_response(self, ctx, response, case):
        self.called.add(case.operation.label)
        if response.status_code < 400:
            self.succeeded.add(case.operation.label)

    def after_run(self, ctx):
        failed = self.called - self.succeeded - UNREACHABLE.keys()
        if failed:
            raise AssertionError(f"No request succeeded: {', '.join(sorted(failed))}")
