"""Valid requests that the service refuses all the same, each with the reason.

schemathesis reports every valid request that is refused. These exemptions name the problem's
code, and the part of the request or the invalid field. All other reports fail the run.
"""

import itertools
import json
import re

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
}

TENANT = "the tenant has the connections"
DEPLOYMENT = "the deployment has the allowed URLs"
PARAMETERS = "OpenAPI cannot say it of parameters"
PROSE = "a schema that says it makes generators refuse the contract"
FREE = "metadata is free, and its schema describes the first level only"

# Fields that invalid-request refuses: the operation, the field and its detail, all as patterns, and
# the reason.
FIELDS = [
    ("POST /users", "connection", "there is no such connection", TENANT),
    ("POST /users", "invite|Idempotency-Key", "requires a connection with passwords", TENANT),
    ("POST /password-resets", "connection", "has no passwords to set", TENANT),
    ("PATCH /users/{id}", ".*", "cannot be changed: the user's connection sets it", TENANT),
    ("GET /log(in|out)", "(post_logout_)?redirect_uri", "is not one of the allowed URLs", DEPLOYMENT),
    ("POST /(users|(password|verification)-tickets)", "result_url", "is not one of the configured result URLs", DEPLOYMENT),
    ("GET /users", "search", "cannot be combined with email", PARAMETERS),
    ("GET /login", "prompt", "cannot be none with mfa=required, .*", PARAMETERS),
    ("DELETE /users", "email", "must be in the query or in the body, not in both", PARAMETERS),
    ("POST /users", "email", "is required for an invitation", PROSE),
    ("POST /users", "password|verify_email", "cannot be combined with invite: .*", PROSE),
    ("POST /users", "result_url|ttl|verifies_email", 'requires invite "link"', PROSE),
    ("PATCH /users/{id}", "verify_email", "requires email or email_verified", PROSE),
    ("PUT /user-roles/{user_id}", r"roles[.]\d+", "is given twice", "uniqueItems makes generators use sets"),
    ("(PUT|PATCH) /(app-)?metadata/{user_id}", ".*", r"contains U\+0000.*|is a name with .*|is a number that would lose digits: .*", FREE),
    ("PUT /(app-)?metadata/{user_id}", ".*", "cannot be null: leave it out", FREE),
    ("POST /users", "(app_)?metadata[.].*", r"contains U\+0000.*|is a name with .*|is a number that would lose digits: .*", FREE),
]


def has(case, part: str) -> bool:
    """Reports whether the request has a part, such as query.cursor."""
    container, _, name = part.partition(".")
    value = getattr(case, container) if container else True
    return bool(value) and (not name or name in value)


def is_exempt(case, operation: str, problem: dict) -> bool:
    code = problem.get("code")
    if code in STATE:
        return has(case, STATE[code][0])
    errors = problem.get("errors", [])
    return code == "invalid-request" and bool(errors) and all(is_exempt_field(operation, **error) for error in errors)


def is_exempt_field(operation: str, field: str, detail: str) -> bool:
    texts = (operation, field, detail)
    return any(all(re.fullmatch(*pair, re.DOTALL) for pair in zip(patterns, texts)) for *patterns, _reason in FIELDS)


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Keeps a failure unless it is exempt."""
    if type(failure).__name__ != "RejectedPositiveData":
        return True
    try:
        return not is_exempt(case, case.operation.label, response.json())
    except json.JSONDecodeError:
        return True


# Users that a deletion deletes in place of a sample user, whom other requests need.
# scripts/schemathesis.sh adds them.
DOOMED = itertools.cycle(f"65e19a1000000000000001{i:02}" for i in range(60))
SAMPLES = re.compile("auth0[|]65e19a1000000000000000..|google-oauth2[|]109876543210987654321|(ada|grace|alan|radia)@example.com", re.IGNORECASE)


@schemathesis.hook
def before_call(context, case, kwargs):
    """Deletes other users than the samples."""
    label = case.operation.label
    if label == "DELETE /users/{id}" and SAMPLES.fullmatch(str(case.path_parameters.get("id"))):
        case.path_parameters["id"] = f"auth0|{next(DOOMED)}"
    if label == "DELETE /users":
        for part in (case.query, case.body):
            if isinstance(part, dict) and SAMPLES.fullmatch(str(part.get("email"))):
                part["email"] = f"{next(DOOMED)}@example.com"


# Operations that need something that no generated request has: what it is.
UNREACHABLE = {
    "GET /callback": "a sign-in",
    "POST /token": "a sign-in",
    "POST /identities/{user_id}": "two sign-ins",
    "DELETE /identities/{user_id}/{provider}/{identity}": "a linked identity",
    "DELETE /sessions/{user_id}/{session}": "a session",
    "DELETE /mfa/{user_id}/methods/{method}": "a second factor",
    "POST /mfa/{user_id}/recovery-code": "a second factor",
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
