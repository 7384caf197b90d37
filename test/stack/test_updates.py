"""What a deployment over another one changes, what happens to one that fails, and what is left of a stack that is deleted."""

import pytest

from calls import Api
from frontends import roles
from stack import WRITTEN, Stack, binary_of, deployed, functions_of

def everything(emulator):
    """The names of all that the stacks of this account have made."""
    listed = {
        "apigateway": ("get_rest_apis", "items", "id"),
        "appconfig": ("list_applications", "Items", "Id"),
        "cloudwatch": ("describe_alarms", "MetricAlarms", "AlarmName"),
        "ec2": ("describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
        "iam": ("list_roles", "Roles", "RoleName"),
        "lambda": ("list_functions", "Functions", "FunctionName"),
        "logs": ("describe_log_groups", "logGroups", "logGroupName"),
        "s3": ("list_buckets", "Buckets", "Name"),
        "stepfunctions": ("list_state_machines", "stateMachines", "stateMachineArn"),
    }
    found = set()
    for service, (operation, member, name) in listed.items():
        pages = emulator.client(service).get_paginator(operation).paginate()
        found |= {(service, item[name]) for page in pages for item in page[member]}
    policies = emulator.client("iam").get_paginator("list_policies").paginate(Scope="Local")
    found |= {("policy", p["Arn"]) for page in policies for p in page["Policies"]}
    return found | {("dashboard", d["DashboardName"]) for d in emulator.client("cloudwatch").list_dashboards()["DashboardEntries"]}


@pytest.fixture(scope="module")
def stack(emulator, default):
    with deployed(emulator, "updates", default) as stack:
        yield stack


@pytest.fixture(scope="module")
def answers(stack):
    """Says whether the API does."""
    with roles(stack) as credentials:
        api = Api(stack)
        yield lambda: api.signed(credentials["UsherRead"], "GET", "/users").status == 200


def test_the_same_once_more_moves_nothing(stack, default, answers):
    versions = stack.versions()
    assert answers()
    assert stack.deploy(default) == "UPDATE_COMPLETE"
    assert stack.versions() == versions and answers()


def test_another_value_of_a_parameter_moves_every_function(stack, default, answers):
    before = stack.versions()
    assert stack.deploy(default | {"LogLevel": "debug"}) == "UPDATE_COMPLETE"
    after = stack.versions()
    assert after.keys() == before.keys() and not before.items() & after.items()
    assert set(stack.setting("LOG_LEVEL").values()) == {"debug"} and answers()


def test_another_binary_moves_its_function_alone(stack, default, answers):
    before = stack.versions()
    name, *_ = functions_of(WRITTEN)
    assert stack.deploy(default | {"LogLevel": "debug"}, binaries={name: binary_of(name) + b"\0"}) == "UPDATE_COMPLETE"
    (moved,) = dict(stack.versions().items() - before.items())
    assert name in moved and answers()


def with_a_resource_that_fails(transformed):
    """It waits for a signal that nobody sends, once all functions have their new version."""
    resources = transformed["Resources"]
    aliases = [name for name, r in resources.items() if r["Type"] == "AWS::Lambda::Alias"]
    resources["Signal"] = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    waiting = {"Handle": {"Ref": "Signal"}, "Timeout": "1"}
    resources["Fails"] = {"Type": "AWS::CloudFormation::WaitCondition", "DependsOn": aliases, "Properties": waiting}


def test_an_update_that_fails_is_taken_back(stack, default, answers):
    before = stack.versions(), stack.setting("LOG_LEVEL")
    assert stack.deploy(default | {"LogLevel": "error"}, sabotage=with_a_resource_that_fails) == "UPDATE_ROLLBACK_COMPLETE"
    assert any(f.startswith("Fails:") for f in stack.failures()), stack.failures()
    assert (stack.versions(), stack.setting("LOG_LEVEL")) == before and answers()


def test_a_deleted_stack_leaves_nothing(emulator, default):
    before = everything(emulator)
    stack = Stack(emulator, "deleted")
    assert stack.deploy(default) == "CREATE_COMPLETE", stack.failures()
    with roles(stack) as credentials:
        assert Api(stack).signed(credentials["UsherRead"], "GET", "/users").status == 200
    assert {kind for kind, _ in everything(emulator) - before} >= {"apigateway", "iam", "lambda", "logs", "policy"}
    assert stack.delete() is None, stack.failures()
    assert everything(emulator) == before
