"""A fake gateway: verifies AWS signatures with botocore and forwards valid requests to the service.

Usage: server.py HOST:PORT REGION. The key pair is in the environment. It prints its port.
"""

import hmac
import http.client
import json
import os
import re
import sys
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from botocore.auth import SIGV4_TIMESTAMP, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

SERVICE, REGION = sys.argv[1], sys.argv[2]
CREDENTIALS = Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
TOKEN = os.environ.get("AWS_SESSION_TOKEN", "")
AUTHORIZATION = re.compile(r"AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})")


class Verifier(SigV4Auth):
    """Signs the client's signed headers and the actual hash of the body."""

    def __init__(self, signed):
        super().__init__(CREDENTIALS, "execute-api", REGION)
        self.signed = signed

    def headers_to_sign(self, request):
        headers = super().headers_to_sign(request)
        for name in set(headers):
            if name not in self.signed:
                del headers[name]
        return headers


def fault(method, path, headers, body):
    """Returns the fault of a request's signature, or None."""
    found = AUTHORIZATION.fullmatch(headers.get("Authorization", ""))
    if not found:
        return "unsigned"
    scope, signed, signature = found.group(1), found.group(2).split(";"), found.group(3)
    if "host" not in signed or "x-amz-date" not in signed:
        return "host and x-amz-date must be signed"
    if any(name.lower().startswith("x-amz-") and name.lower() not in signed for name in headers):
        return "an x-amz- header is not signed"
    if headers.get("X-Amz-Security-Token", "") != TOKEN:
        return "another session token"
    stamp = headers["X-Amz-Date"]
    date = datetime.strptime(stamp, SIGV4_TIMESTAMP).replace(tzinfo=timezone.utc)
    if abs(datetime.now(timezone.utc) - date) > timedelta(minutes=5):
        return "too old"

    # The path and the query as sent, not decoded.
    request = AWSRequest(method, "http://" + headers["Host"] + path, data=body)
    for name, value in headers.items():
        if name.lower() != "authorization":
            request.headers.add_header(name, value)
    del request.headers["X-Amz-Content-SHA256"]
    verifier = Verifier(signed)
    sent = headers.get("X-Amz-Content-SHA256")
    if sent is not None:
        if sent != verifier.payload(request):
            return "another hash of the body"
        request.headers["X-Amz-Content-SHA256"] = sent
    request.context["timestamp"] = stamp
    if scope != verifier.scope(request):
        return "another key, day, region or service"
    canonical = verifier.canonical_request(request)
    if set(signed) != set(verifier.headers_to_sign(request).keys()):
        return "a missing header"
    expected = verifier.signature(verifier.string_to_sign(request, canonical), request)
    return None if hmac.compare_digest(expected, signature) else "another signature"


class Gateway(BaseHTTPRequestHandler):
    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        reason = fault(self.command, self.path, self.headers, body)
        if reason is not None:
            self.answer(403, {"Content-Type": "application/json"}, json.dumps({"botocore": reason}).encode())
            return
        service = http.client.HTTPConnection(SERVICE, timeout=600)
        headers = {name: self.headers[name] for name in ["Content-Type"] if name in self.headers}
        service.request(self.command, self.path, body or None, headers)
        got = service.getresponse()
        self.answer(got.status, {"Content-Type": got.getheader("Content-Type", "")}, got.read())

    def answer(self, status, headers, body):
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body)), "Connection": "close"}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = serve

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    print(server.server_address[1], flush=True)
    server.serve_forever()
