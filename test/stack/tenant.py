"""The local tenant (cmd/localtenant) with https, which issues front-ends' tokens as well as users'."""

import json
import re
import urllib.parse

import requests

from processes import Process

CLIENT_ID, CLIENT_SECRET = "usher-local", "usher-local-secret"
USER, PASSWORD = "grace@example.com", "Correct-Horse-7"
REDIRECT_URI = "https://app.example.com/callback"
AUDIENCE = "https://usher.example.com/"
SECRET_OF_MACHINES = "a-secret-of-the-tests"


class Tenant:
    def __init__(self, folder, binary, machines):
        """machines are the front-ends with tokens of their own: {client id: its scopes}."""
        flags = [f"-machine={name}:{SECRET_OF_MACHINES}:{AUDIENCE}:{scopes}" for name, scopes in machines.items()]
        command = [binary, "-addr", "127.0.0.1:0", "-tls", folder / "tls", "-callback", REDIRECT_URI, "-audience", AUDIENCE, *flags]
        self.process = Process(command, {}, folder / "tenant.log")
        self.url = self.process.wait_until(self.listens)
        self.certificate_authority = str(folder / "tls" / "ca.pem")

    def listens(self):
        found = re.search(r"The local tenant is at (https://\S+)", self.process.log.read_text())
        return found and found[1]

    @property
    def host(self):
        return self.url.removeprefix("https://")

    @property
    def credentials(self):
        """What the secret in Secrets Manager holds."""
        return json.dumps({"domain": self.host, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET})

    def client(self):
        """A client that keeps cookies, and trusts the tenant's certificate authority and no setting of this machine."""
        session = requests.Session()
        session.verify, session.trust_env = self.certificate_authority, False
        return session

    def token(self, machine):
        """A front-end's own access token for this service."""
        return self.tokens(grant_type="client_credentials", client_id=machine, client_secret=SECRET_OF_MACHINES, audience=AUDIENCE)

    def management_token(self):
        """A token of the tenant's own API, which is for another audience."""
        return self.tokens(grant_type="client_credentials", client_id=CLIENT_ID, client_secret=CLIENT_SECRET, audience=f"{self.url}/api/v2/")

    def tokens(self, **form):
        with self.client() as client:
            response = client.post(f"{self.url}/oauth/token", form, timeout=600)
        assert response.status_code == 200, response.text
        return response.json()["access_token"]

    def sign_in(self, address):
        """Goes through the login page of an address of /authorize, and returns where the browser is sent then."""
        with self.client() as browser:
            page = browser.get(address, timeout=600)
            state = re.search(r'name="state" value="([^"]+)"', page.text)
            assert state, f"no login form: {page.status_code} {page.text}"
            response = browser.post(page.url, {"state": state[1], "username": USER, "password": PASSWORD}, timeout=600, allow_redirects=False)
            while not (location := response.headers.get("Location", "")).startswith(REDIRECT_URI):
                assert location, f"not sent back: {response.status_code} {response.text}"
                response = browser.get(urllib.parse.urljoin(response.url, location), timeout=600, allow_redirects=False)
            return location

    def users_token(self):
        """An access token for this service that a user was given, who is no front-end."""
        query = {"response_type": "code", "client_id": CLIENT_ID, "redirect_uri": REDIRECT_URI, "scope": "openid", "audience": AUDIENCE, "state": "x"}
        back = self.sign_in(f"{self.url}/authorize?{urllib.parse.urlencode(query)}")
        code = urllib.parse.parse_qs(urllib.parse.urlsplit(back).query)["code"][0]
        return self.tokens(
            grant_type="authorization_code", client_id=CLIENT_ID, client_secret=CLIENT_SECRET, code=code, redirect_uri=REDIRECT_URI
        )

    def stop(self):
        self.process.stop()
