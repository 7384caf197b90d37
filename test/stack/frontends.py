"""Front-ends: an IAM role, or an application with tokens, for each permission of the contract."""

import contextlib
import functools
import json
import re

from botocore.credentials import Credentials

from emulator import ACCOUNT
from operations import PERMISSIONS

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}],
}


# One more that may read, for what single front-ends are limited to.
LIMITED = "limited"


@contextlib.contextmanager
def roles(stack):
    """The credentials of a role for each permission, which has the stack's policy of that name and no other right."""
    iam, sts, outputs = stack.emulator.client("iam"), stack.emulator.client("sts"), stack.outputs
    attached, credentials = {}, {}
    for frontend, permission in ({p: p for p in PERMISSIONS} | {LIMITED: "UsherRead"}).items():
        name, policy = f"{stack.name}-{frontend}", outputs[permission + "Policy"]
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
        iam.attach_role_policy(RoleName=name, PolicyArn=policy)
        attached[name] = policy
        given = sts.assume_role(RoleArn=arn, RoleSessionName="front-end")["Credentials"]
        credentials[frontend] = Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    yield credentials
    for name, policy in attached.items():  # or the policies could not be deleted with the stack
        iam.detach_role_policy(RoleName=name, PolicyArn=policy)
        iam.delete_role(RoleName=name)


def signing(api, credentials):
    """By permission what sends an operation's request with that role's signature."""

    def call(given, operation):
        return api.signed(given, operation.method, operation.target, operation.body, {"Content-Type": operation.media_type})

    return {permission: functools.partial(call, credentials[permission]) for permission in PERMISSIONS}


def bearing(api, tokens):
    """By permission what sends an operation's request with that application's token."""

    def call(token, operation):
        return api.bearing(token, operation.method, operation.target, operation.body, {"Content-Type": operation.media_type})

    return {permission: functools.partial(call, tokens[permission]) for permission in PERMISSIONS}


def scope(permission):
    """UsherAppMetadata is usher:app-metadata."""
    return "usher:" + "-".join(re.findall("[A-Z]+(?![a-z])|[A-Z][a-z]+", permission.removeprefix("Usher"))).lower()


# The applications that the tenant has, and their scopes: one for each permission, one that has all, and the limited one.
MACHINES = {permission: scope(permission) for permission in PERMISSIONS} | {
    "everything": " ".join(map(scope, PERMISSIONS)),
    LIMITED: scope("UsherRead"),
}
