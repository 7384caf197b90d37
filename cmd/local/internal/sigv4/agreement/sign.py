"""Signs with botocore what comes as JSON lines, and prints the headers to send."""

import json
import os
import sys

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

credentials = Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"], os.environ.get("AWS_SESSION_TOKEN"))
for line in sys.stdin:
    asked = json.loads(line)
    request = AWSRequest(asked["method"], asked["url"], data=asked["body"].encode(), headers=asked["header"] or {})
    SigV4Auth(credentials, "execute-api", os.environ["AWS_REGION"]).add_auth(request)
    print(json.dumps(dict(request.headers.items())), flush=True)
