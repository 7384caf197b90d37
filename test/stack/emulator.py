"""MiniStack, the emulator of AWS: it deploys templates and runs the functions' binaries as local processes."""

import os
import shutil
import urllib.error
import urllib.request

import boto3
from botocore.config import Config

from processes import Process, free_port
from resolved import PSEUDO
from transformed import ROOT
from uploads import Uploads

ACCOUNT, REGION = PSEUDO["AWS::AccountId"], PSEUDO["AWS::Region"]
PYTHON = ROOT / ".venv-ministack/bin/python"


class Emulator:
    def __init__(self, folder, trusted, storage):
        """trusted is the certificate authority of the local tenant, which functions inherit by SSL_CERT_FILE, and storage
        what they have for S3."""
        assert PYTHON.exists(), "MiniStack is missing: run `make setup`"
        self.storage = storage
        self.port = storage.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.clients = {}
        self.scratch = folder / "emulator"  # each version of each function is unpacked there
        self.scratch.mkdir()
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.scratch),
            "TMPDIR": str(self.scratch),
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": "127.0.0.1",  # it listens on all addresses unless told
            "AUTH": "true",  # without it neither signatures nor policies are checked
            "MINISTACK_REGION": REGION,
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ENDPOINT_URL_S3": storage.url,
            "SSL_CERT_FILE": str(trusted),
            "SFN_WAIT_SCALE": "0.02",  # the state machine of jobs waits a fiftieth of its time
            "LAMBDA_WARM_TTL_SECONDS": "30",  # for the second and further processes of a function
        }
        self.process = Process([PYTHON, "-m", "ministack"], environment, folder / "emulator.log")
        self.process.wait_until(self.answers)
        self.uploads = Uploads(self, REGION)

    def answers(self):
        try:
            return urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=600).status == 200
        except (urllib.error.URLError, OSError):
            return False

    def client(self, service):
        """A client with the root key, whom the emulator allows everything: for the set-up, never for a call of the API."""
        if service not in self.clients:
            self.clients[service] = boto3.client(
                service,
                endpoint_url=self.url,
                region_name=REGION,
                aws_access_key_id="test",
                aws_secret_access_key="test",
                config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, max_pool_connections=50, read_timeout=600),
            )
        return self.clients[service]

    def stop(self):
        self.process.stop()
        shutil.rmtree(self.scratch)
