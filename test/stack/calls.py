"""Calls of a deployed API as front-ends make them: signed with a role's credentials, or with a bearer token."""

import concurrent.futures
import dataclasses
import http.client
import json

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from emulator import REGION


JSON = {"Content-Type": "application/json"}


@dataclasses.dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def json(self):
        return json.loads(self.text)

    @property
    def code(self):
        """The problem's code, if it is one."""
        try:
            return self.json.get("code")
        except (ValueError, AttributeError):
            return None

    def __str__(self):
        return f"{self.status} {self.text[:300]}"


class Api:
    """A stack's API at the gateway."""

    def __init__(self, stack):
        api, self.stage = stack.outputs["InvokeArn"].rsplit(":", 1)[-1].split("/")
        self.port = stack.emulator.port
        self.host = f"{api}.execute-api.localhost:{self.port}"  # by which the emulator finds it

    def send(self, method, target, body=None, headers=()):
        """The gateway's answer. Where calls run side by side, the emulator now and then fails to start a function, by a
        race of its threads, with an error that no function makes; such a call is sent again."""
        for _ in range(10):
            answer = self.send_once(method, target, body, headers)
            if not (answer.status == 502 and "dictionary changed size during iteration" in answer.text):
                break
        return answer

    def send_once(self, method, target, body, headers):
        headers = {"Host": self.host} | JSON | dict(headers)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        try:
            connection.request(method, self.path(target), body, headers)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read().decode())
        finally:
            connection.close()

    def signed(self, credentials, method, target, body=None, headers=(), spoil=lambda headers: None):
        """spoil changes the headers after the signature."""
        request = AWSRequest(method, f"http://{self.host}{self.path(target)}", JSON | dict(headers), body)
        SigV4Auth(credentials, "execute-api", REGION).add_auth(request)
        spoil(request.headers)
        return self.send(method, target, body, request.headers.items())

    def path(self, target):
        """The target at the gateway. The emulator hands a path to the function decoded, and AWS as it was sent; so for
        the function to see the same, what is encoded is encoded once more."""
        path, *query = target.split("?", 1)
        return "?".join([f"/{self.stage}{path.replace('%', '%25')}", *query])

    def bearing(self, token, method, target, body=None, headers=()):
        return self.send(method, target, body, {"Authorization": f"Bearer {token}"} | dict(headers))


def beside_each_other(function, *columns):
    """The function's results, in the arguments' order."""
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        return list(pool.map(function, *columns))
