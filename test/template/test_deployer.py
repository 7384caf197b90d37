"""deploy/deployer-policy.json allows what a deployment does: the calls that the registry of
CloudFormation lists for the handlers of each resource type, and those of the doctor."""

import fnmatch
import json
import re

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from settings import ACCOUNT, SECRET, SETTINGS
from transformed import ROOT, source, transform

POLICY = json.loads((ROOT / "deploy/deployer-policy.json").read_text())
REGION = "eu-central-1"

# A resource of the stack "usher" for the calls of each service, with the name that CloudFormation gives it.
RESOURCES = {
    "apigateway": [f"arn:aws:apigateway:{REGION}::/restapis/a1b2c3"],
    "appconfig": [f"arn:aws:appconfig:{REGION}:{ACCOUNT}:application/a1b2c3"],
    "cloudformation": [f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/usher/11111111-2222-3333-4444-555555555555"],
    "cloudwatch": [f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:usher-FaultsAlarm-A1B2", f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/usher"],
    "codedeploy": [
        f"arn:aws:codedeploy:{REGION}:{ACCOUNT}:deploymentgroup:usher-ServerlessDeploymentApplication-A1B2/usher-GetUserDeploymentGroup-A1B2",
        f"arn:aws:codedeploy:{REGION}:{ACCOUNT}:application:usher-ServerlessDeploymentApplication-A1B2",
    ],
    "ec2": [f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc-endpoint/vpce-0123456789abcdef0"],
    "iam": [f"arn:aws:iam::{ACCOUNT}:role/usher-GetUserRole-A1B2", f"arn:aws:iam::{ACCOUNT}:policy/usher-UsherRead-A1B2"],
    "lambda": [f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:usher-GetUser-A1B2"],
    "logs": [f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:usher-OperationLogs-A1B2:*"],
    "route53": ["arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ"],
    "s3": ["arn:aws:s3:::aws-sam-cli-managed-default-samclisourcebucket-a1b2/usher/a1b2c3"],
    "states": [f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:JobsMachine-A1B2"],
    "secretsmanager": [SECRET.replace("prod/usher", "usher/credentials")],
}

# The bucket is not the one of the uploads.
OF_A_TYPE = dict.fromkeys(["AWS::S3::Bucket", "AWS::S3::BucketPolicy"], {"s3": ["arn:aws:s3:::usher-jobsbucket-a1b2"]})

# Calls of handlers for properties that the template does not set.
NOT_CALLED = {
    "a user, group or role in the policies for front-ends, or a managed policy in a role": [
        "iam:AttachGroupPolicy", "iam:AttachRolePolicy", "iam:AttachUserPolicy",
        "iam:DetachGroupPolicy", "iam:DetachRolePolicy", "iam:DetachUserPolicy",
    ],
    "an endpoint of VPC Lattice or of another region": [
        "vpc-lattice:CreateServiceNetworkVpcEndpointAssociation", "vpc-lattice:DescribeServiceNetworkVpcEndpointAssociation", "vpce:AllowMultiRegion",
    ],
    "a function's file system": ["elasticfilesystem:DescribeMountTargets", "s3files:ListMountTargets"],
    "a function's key": ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"],
    "a delivery of a log group": ["firehose:TagDeliveryStream"],
    "a table of a bucket's metadata": [
        "s3tables:CreateNamespace", "s3tables:CreateTable", "s3tables:CreateTableBucket", "s3tables:GetTable", "s3tables:GetTableMetadataLocation",
        "s3tables:PutTableBucketPolicy", "s3tables:PutTableEncryption", "s3tables:PutTablePolicy", "s3tables:UpdateTableMetadataLocation",
    ],
}  # fmt: skip
EXEMPT = {action for actions in NOT_CALLED.values() for action in actions}


def listed(value):
    return [value] if isinstance(value, str) else value


def matches(patterns, text):
    return any(fnmatch.fnmatchcase(text, p) for p in listed(patterns))


def allows(action, resource, policy=POLICY):
    return any(matches(s["Action"], action) and matches(s["Resource"], resource) for s in policy["Statement"])


def used_types():
    """The resource types of all options."""
    written = source()
    settings = [SETTINGS[name] for name in ("all", "front-ends elsewhere")]
    return sorted({r["Type"] for parameters in settings for r in transform(written, parameters)["Resources"].values()})


TYPES = used_types()


def calls(kind):
    handlers = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, kind).schema["handlers"]
    return {action for name, handler in handlers.items() if name != "list" for action in handler.get("permissions", [])}


def faults(kind, policy=POLICY):
    resources = RESOURCES | OF_A_TYPE.get(kind, {})
    return [a for a in sorted(calls(kind) - EXEMPT) if not any(allows(a, r, policy) for r in resources.get(a.split(":")[0], []))]


@pytest.mark.parametrize("kind", TYPES)
def test_the_deployer_may_create_change_and_delete(kind):
    assert calls(kind)
    assert not faults(kind)


@pytest.mark.parametrize("kind", TYPES)
def test_without_the_services_of_the_type_that_fails(kind):
    services = {action.split(":")[0] for action in calls(kind)}
    statements = [s | {"Action": [a for a in listed(s["Action"]) if a.split(":")[0] not in services]} for s in POLICY["Statement"]]
    assert faults(kind, {"Statement": statements})


def test_a_type_of_another_service_fails():
    assert faults("AWS::SQS::Queue") and faults("AWS::DynamoDB::Table")


def test_every_exemption_is_needed():
    called = {action for kind in TYPES for action in calls(kind)}
    assert called >= EXEMPT
    assert not [a for a in EXEMPT if any(allows(a, r) for r in RESOURCES.get(a.split(":")[0], []))]


def test_the_deployer_may_use_the_doctor():
    needed = (ROOT / "docs/doctor.md").read_text().split("The caller needs ")[1].split(". Without")[0]
    actions = re.findall(r"`([a-z0-9]+:[A-Za-z]+)`", needed)
    assert len(actions) == 10
    assert not [a for a in actions if not any(allows(a, r) for r in RESOURCES[a.split(":")[0]])]


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("iam:CreateRole", f"arn:aws:iam::{ACCOUNT}:role/admin"),
        ("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/admin"),
        ("iam:AttachRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/usher-GetUserRole-A1B2"),
        ("iam:CreateUser", f"arn:aws:iam::{ACCOUNT}:user/usher-x"),
        ("lambda:UpdateFunctionCode", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:shop"),
        ("cloudformation:DeleteStack", f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/shop/1"),
        ("secretsmanager:GetSecretValue", SECRET),
        ("secretsmanager:DeleteSecret", RESOURCES["secretsmanager"][0]),
        ("s3:GetObject", "arn:aws:s3:::shop/a"),
        ("states:DeleteStateMachine", f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:Orders-A1B2"),
    ],
)
def test_the_deployer_may_not(action, resource):
    assert not allows(action, resource)


def test_the_policy_fits_into_a_managed_policy():
    """IAM does not count white space (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html)."""
    assert len(re.sub(r"\s", "", json.dumps(POLICY))) <= 6144
    assert all(set(s) == {"Sid", "Effect", "Action", "Resource"} and s["Effect"] == "Allow" for s in POLICY["Statement"])
