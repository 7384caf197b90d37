"""What is changed in the transformed template for the emulator's sake, and nothing else is.

Real AWS needs none of it, and some would be harmful there: an alarm on a count is no
alarm on a share. test_replacements.py holds each entry to its reason: it fails as soon
as the emulator can do without.
"""

import copy

# Resource types that the emulator does not know: it refuses a template that has one
# where its condition holds. What they do is not tested here.
DROPPED = {
    "AWS::ApiGateway::BasePathMappingV2": "part of a private domain name",
    "AWS::ApiGateway::DomainNameAccessAssociation": "part of a private domain name",
    "AWS::ApiGateway::DomainNameV2": "a private domain name",
    "AWS::CodeDeploy::Application": "a release in steps",
    "AWS::CodeDeploy::DeploymentGroup": "a release in steps, of one function",
    "AWS::SecretsManager::RotationSchedule": "the rotation; the emulator's RotateSecret calls no function",
}


def drop(resources):
    for name in [name for name, r in resources.items() if r["Type"] in DROPPED]:
        del resources[name]


def alias_without_steps(resources):
    """CodeDeploy moves an alias by its UpdatePolicy, which names the dropped application."""
    for r in resources.values():
        if "CodeDeployLambdaAliasUpdate" in r.get("UpdatePolicy", {}):
            del r["UpdatePolicy"]


def alarm_on_a_count(resources):
    """Metric math is refused: "Properties.Metrics (metric math) is not supported"."""
    for r in resources.values():
        if r["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in r["Properties"]:
            first = next(m["MetricStat"] for m in r["Properties"].pop("Metrics") if "MetricStat" in m)
            r["Properties"] |= first["Metric"] | {"Period": first["Period"], "Statistic": first["Stat"]}


def gateway_responses_as_resources(resources):
    """CloudFormation reads them from the API's definition; the emulator takes resources of their own only."""
    lifted = {}
    for api, r in resources.items():
        if r["Type"] != "AWS::ApiGateway::RestApi":
            continue
        for kind, response in r["Properties"]["Body"].pop("x-amazon-apigateway-gateway-responses").items():
            lifted[f"{api}Response{kind.replace('_', '')}"] = {
                "Type": "AWS::ApiGateway::GatewayResponse",
                "Properties": {
                    "RestApiId": {"Ref": api},
                    "ResponseType": kind,
                    "StatusCode": str(response["statusCode"]),
                    "ResponseParameters": response["responseParameters"],
                    "ResponseTemplates": response["responseTemplates"],
                },
            }
    for r in resources.values():
        if r["Type"] == "AWS::ApiGateway::Deployment":
            before = r.get("DependsOn", [])
            r["DependsOn"] = ([before] if isinstance(before, str) else before) + list(lifted)
    resources.update(lifted)


# Each with the differences that it may make: (type, part).
REPLACEMENTS = {
    drop: {(kind, "the resource") for kind in DROPPED},
    alias_without_steps: {("AWS::Lambda::Alias", "UpdatePolicy")},
    alarm_on_a_count: {("AWS::CloudWatch::Alarm", p) for p in ("Metrics", "Namespace", "MetricName", "Dimensions", "Period", "Statistic")},
    gateway_responses_as_resources: {
        ("AWS::ApiGateway::RestApi", "Body"),
        ("AWS::ApiGateway::Deployment", "DependsOn"),
        ("AWS::ApiGateway::GatewayResponse", "the resource"),
    },
}


def known():
    """All differences that the replacements may make."""
    return set().union(*REPLACEMENTS.values())


def for_the_emulator(template, replacements=tuple(REPLACEMENTS)):
    template = copy.deepcopy(template)
    for replace in replacements:
        replace(template["Resources"])
    return template


def differences(before, after):
    """In what two templates differ, as (type, part), the parts being members of a resource or of its properties."""
    found = {("the template", part) for part in before.keys() | after.keys() if part != "Resources" and before.get(part) != after.get(part)}
    old, new = before["Resources"], after["Resources"]
    found |= {((old | new)[name]["Type"], "the resource") for name in old.keys() ^ new.keys()}
    for name in old.keys() & new.keys():
        of, to = (r | r.get("Properties", {}) for r in (old[name], new[name]))
        found |= {(of["Type"], part) for part in of.keys() | to.keys() if part != "Properties" and of.get(part) != to.get(part)}
    return found
