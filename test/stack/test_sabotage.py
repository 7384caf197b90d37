"""Holds the checks to faults of the template: they have to report each, and nothing beside them.

So an emulator that stops checking signatures or policies is noticed, too. Faults that
are reported by different operations share a deployment.
"""

import json
import time

import access
from calls import Api
from frontends import roles, signing
from operations import OPERATIONS
from stack import deployed


def of_type(transformed, kind):
    return {name: r["Properties"] for name, r in transformed["Resources"].items() if r["Type"] == kind}


def definition(transformed, operation):
    (api,) = of_type(transformed, "AWS::ApiGateway::RestApi").values()
    return api["Body"]["paths"][operation.path][operation.method.lower()]


def function_of(transformed, operation):
    """The properties of the function that the gateway calls for an operation."""
    uri = str(definition(transformed, operation)["x-amazon-apigateway-integration"]["uri"])
    (alias,) = [a for name, a in of_type(transformed, "AWS::Lambda::Alias").items() if "${" + name + "}" in uri]
    return transformed["Resources"][alias["FunctionName"]["Ref"]]["Properties"]


def policy_of(transformed, permission):
    """The statements of the managed policy that the stack gives out under a permission's name."""
    name = transformed["Outputs"][permission + "Policy"]["Value"]["Ref"]
    return transformed["Resources"][name]["Properties"]["PolicyDocument"]["Statement"]


def group_of(operation):
    (permission,) = operation.permissions
    return permission


def named(text):
    (operation,) = [o for o in OPERATIONS if str(o) == text]
    return operation


# Any would do whose function reads the secret for the contract's example.
READ, OTHER, OPEN, MISLED, MUTE, LOST = map(
    named, ["GET /users/{id}", "PATCH /users/{id}", "PUT /blocks/{user_id}", "GET /metadata/{user_id}", "GET /roles", "GET /connections"]
)


def deviations(stack, no_credentials=access.NO_SIGNATURE):
    api = Api(stack)
    with roles(stack) as credentials:
        return access.of_the_permissions(signing(api, credentials)) + access.of_strangers(api, no_credentials)


def without_what_is_not_checked(transformed):
    (api,) = of_type(transformed, "AWS::ApiGateway::RestApi").values()
    assert "aws:SourceVpce" in str(api["Body"].pop("x-amazon-apigateway-policy"))
    permissions = of_type(transformed, "AWS::Lambda::Permission")
    assert permissions
    for name in permissions:
        del transformed["Resources"][name]
    of_type(transformed, "AWS::IAM::Role")["JobsMachineRole"]["Policies"] = []
    del of_type(transformed, "AWS::S3::Bucket")["JobsBucket"]["LifecycleConfiguration"]


def test_what_is_not_checked_here(emulator, default):
    """The emulator has no VPC endpoints, ignores the resource policy, and asks for no permission to call a function.
    Nor does it ask for kms:Decrypt, where a secret has its own key, or set a role's permissions boundary. It does not ask
    for the rights of a state machine, and deletes no expired objects.

    If this fails, it has learnt some of that, and the checks here can hold the template to it. Until then
    test/template looks at these, and nothing but AWS proves them.
    """
    nothing = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]})
    boundary = emulator.client("iam").create_policy(PolicyName="nothing", PolicyDocument=nothing)["Policy"]["Arn"]
    with deployed(emulator, "not-checked", default | {"PermissionsBoundaryArn": boundary}, sabotage=without_what_is_not_checked) as stack:
        assert deviations(stack) == []
        states = emulator.client("stepfunctions")
        ended = lambda: states.list_executions(stateMachineArn=stack.outputs["JobsMachine"], statusFilter="SUCCEEDED")["executions"]
        deadline = time.monotonic() + 60
        while not ended() and time.monotonic() < deadline:
            time.sleep(0.2)
        assert ended()  # of the jobs that the checks have started


def with_faults_at_the_gateway(transformed):
    # A star for the method is good for what writes as well.
    for statement in policy_of(transformed, group_of(READ)):
        statement["Resource"] = [{"Fn::Sub": r["Fn::Sub"].replace("/GET/users/*", "/*/users/*")} for r in statement["Resource"]]
    for statement in policy_of(transformed, group_of(MUTE)):
        statement["Resource"] = [r for r in statement["Resource"] if not r["Fn::Sub"].endswith("/GET" + MUTE.path)]
    definition(transformed, OPEN)["security"] = []
    integration = "x-amazon-apigateway-integration"
    definition(transformed, MISLED)[integration] = definition(transformed, OTHER)[integration]


def test_faults_at_the_gateway_are_reported(emulator, default):
    """A policy that is too wide, one that is too narrow, a route without its authorizer, and one to another function."""
    wide = [o for o in OPERATIONS if o.path == READ.path and o.permissions != READ.permissions]
    assert wide
    expected = {f"{group_of(READ)} may call {o}" for o in wide}
    expected |= {f"{group_of(MUTE)} may not call {MUTE}", f"{MISLED} fails", f"{OPEN} needs no credentials"}
    with deployed(emulator, "gateway-faults", default, sabotage=with_faults_at_the_gateway) as stack:
        found = deviations(stack)
    # Whom the gateway does not hold back the function does, since it is told no caller.
    of_the_open = {f for f in found if f" may call {OPEN}:" in f or f.startswith(f"{OPEN} fails")}
    assert of_the_open and {f.split(":")[0] for f in set(found) - of_the_open} == expected, found


def with_functions_that_lack_something(transformed):
    role = function_of(transformed, LOST)["Role"]["Fn::GetAtt"][0]
    for policy in transformed["Resources"][role]["Properties"]["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            if "secretsmanager:GetSecretValue" in statement.get("Action", []):
                statement["Action"] = "secretsmanager:DescribeSecret"
    del function_of(transformed, MUTE)["Environment"]["Variables"]["SECRET_ID"]


def test_functions_that_lack_something_are_reported(emulator, default):
    """A role without the right to its secret, which others may share, and a function without a setting."""
    with deployed(emulator, "function-faults", default, sabotage=with_functions_that_lack_something) as stack:
        found = deviations(stack)
    assert all(" fails: 500" in f for f in found), found
    assert {f"{LOST} fails", f"{MUTE} fails"} <= {f.split(":")[0] for f in found}, found


def with_an_open_route(transformed):
    definition(transformed, OPEN)["security"] = []


def test_a_route_without_its_authorizer_is_reported_where_front_ends_send_tokens(emulator, default, bearer):
    with deployed(emulator, "bearer-faults", default | bearer, sabotage=with_an_open_route) as stack:
        (found,) = access.of_strangers(Api(stack), access.NO_TOKEN)
    assert found.startswith(f"{OPEN} needs no credentials:"), found
