"""Calls Usher from Python, signed by botocore (which boto3 brings along).

The address is in USHER_URL; the region and the credentials come from wherever
AWS's own tools take them: the environment, a profile, the role of the machine.
"""

import json
import os
import sys
import urllib.error
import urllib.request
from urllib.parse import quote, urlencode

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.session import Session

session = Session()
region = os.environ.get("AWS_REGION") or session.get_config_variable("region")  # botocore itself looks for AWS_DEFAULT_REGION
if not os.environ.get("USHER_URL") or not region:
    sys.exit("set USHER_URL to Usher's address, and AWS_REGION to its region")


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """Turns a redirect into an error. That of GET /login is for the browser to
    follow, and no other host may have the signature and the session token."""

    def redirect_request(self, *_):
        return None


opener = urllib.request.build_opener(NoRedirects)


def said(refused):
    """Gives the code and the request's id of a problem of Usher's."""
    try:
        problem = json.load(refused)
        return f"{problem['code']!r} (request {problem['request_id']!r})"
    except (ValueError, LookupError, TypeError):  # what is between here and Usher may answer otherwise
        return "and no problem document"


def call(method, path, query=None, body=None):
    """Signs one request, sends it, and returns the answer's JSON."""
    url = os.environ["USHER_URL"].rstrip("/") + path
    if query:
        url += "?" + urlencode(query, quote_via=quote, safe="")  # %20, not +, for a space
    data = None if body is None else json.dumps(body).encode()
    request = AWSRequest(method, url, data=data, headers={"Content-Type": "application/json"} if data else {})
    credentials = session.get_credentials().get_frozen_credentials()  # each time: a role's are renewed
    SigV4Auth(credentials, "execute-api", region).add_auth(request)
    signed = urllib.request.Request(url, data=data, method=method, headers=dict(request.headers))
    try:
        with opener.open(signed, timeout=10) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refused:
        raise RuntimeError(f"{method} {path}: {refused.code} {said(refused)}") from None


found = call("GET", "/users", {"limit": "1", "email": "ada@example.com"})
print("found", found["users"][0]["email"])
user = call("GET", "/users/" + quote("auth0|65e19a100000000000000002", safe=""))  # | is %7C in a path
print("got", user["email"])
email = sys.argv[1] if len(sys.argv) > 1 else "python@example.com"
created = call("POST", "/users", body={"email": email, "password": "Str0ng-Enough"})
print("created", created["email"])
