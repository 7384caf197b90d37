"""One emulator and one tenant for all tests; each file of tests deploys its own stacks."""

import pathlib
import platform
import signal
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "template"))

from emulator import Emulator  # noqa: E402
from frontends import MACHINES  # noqa: E402
from settings import ENDPOINTS  # noqa: E402
from stack import FUNCTIONS  # noqa: E402
from storage import Storage  # noqa: E402
from tenant import AUDIENCE, REDIRECT_URI, Tenant  # noqa: E402

# This machine in Lambda's words; the emulator runs the functions on it.
ARCHITECTURE = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"


def pytest_configure():
    # Or the processes would outlive the tests.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.fixture(scope="session")
def tenant(tmp_path_factory):
    started = Tenant(tmp_path_factory.mktemp("tenant"), FUNCTIONS / "localtenant", MACHINES)
    yield started
    started.stop()


@pytest.fixture(scope="session")
def storage():
    started = Storage()
    yield started
    started.stop()


@pytest.fixture(scope="session")
def emulator(tmp_path_factory, tenant, storage):
    started = Emulator(tmp_path_factory.mktemp("emulator"), tenant.certificate_authority, storage)
    yield started
    started.stop()


@pytest.fixture(scope="session")
def default(emulator, tenant):
    """The parameters that have no default, the existing endpoints, and this machine's processor."""
    secret = emulator.client("secretsmanager").create_secret(Name="usher/credentials", SecretString=tenant.credentials)
    return {"VpcEndpointIds": ",".join(ENDPOINTS), "SecretArn": secret["ARN"], "RedirectUris": REDIRECT_URI, "Architecture": ARCHITECTURE}


@pytest.fixture(scope="session")
def bearer(tenant):
    """The parameters by which front-ends send the tenant's tokens."""
    return {"FrontendAuth": "bearer", "FrontendIssuer": tenant.url + "/", "FrontendAudience": AUDIENCE}
