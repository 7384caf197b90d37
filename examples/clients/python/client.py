"""A client of Usher with the types of its contract. It sends a signature or a bearer token."""

import os

import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.session import Session

from usher_client import Client


class Signed(httpx.Auth):
    """Signs with AWS Signature Version 4 and the credentials of AWS's own tools."""

    requires_request_body = True

    def __init__(self) -> None:
        self.session = Session()
        self.region = os.environ.get("AWS_REGION") or self.session.get_config_variable("region")
        if not self.region:
            raise SystemExit("set AWS_REGION to Usher's region")

    def auth_flow(self, request: httpx.Request):
        # The signature covers what is sent; httpx's other headers need none.
        headers = {"Content-Type": request.headers["Content-Type"]} if "Content-Type" in request.headers else {}
        unsigned = AWSRequest(request.method, str(request.url), headers=headers, data=request.content)
        credentials = self.session.get_credentials().get_frozen_credentials()  # each time: a role's are renewed
        SigV4Auth(credentials, "execute-api", self.region).add_auth(unsigned)
        request.headers.update(dict(unsigned.headers))
        yield request


class WithToken(httpx.Auth):
    """Sends a bearer token."""

    def __init__(self, token: str) -> None:
        self.token = token

    def auth_flow(self, request: httpx.Request):
        request.headers["Authorization"] = f"Bearer {self.token}"
        yield request


def new_client() -> Client:
    """Reads the address from USHER_URL. With USHER_SIGV4=1 it signs. With USHER_TOKEN it sends that token."""
    if not os.environ.get("USHER_URL"):
        raise SystemExit("set USHER_URL to Usher's address")
    auth: httpx.Auth | None = None
    if os.environ.get("USHER_SIGV4") == "1":
        auth = Signed()
    elif token := os.environ.get("USHER_TOKEN"):
        auth = WithToken(token)
    # No other host may get the signature or the token.
    return Client(os.environ["USHER_URL"], timeout=httpx.Timeout(10), follow_redirects=False, httpx_args={"auth": auth})
