"""Reads requests as JSON lines, signs them with botocore, and prints the headers to send."""

import json
import os
import sys

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

credentials = Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"], os.environ.get("AWS_SESSION_TOKEN"))
for line in sys.stdin:
    call = json.loads(line)
    request = AWSRequest(call["method"], call["url"], data=call["body"].encode(), headers=call["header"] or {})
    SigV4Auth(credentials, "execute-api", os.environ["AWS_REGION"]).add_auth(request)
    print(json.dumps(dict(request.headers.items())), flush=True)
