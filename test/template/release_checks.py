"""What must be true of the template for changes of it, and of its parameters, to get through."""

import json
import re

from checks import both, check, function, functions, put
from resolved import broken_rules
from settings import REFUSED, SETTINGS


def parameters_in(of, t):
    """The parameters that something refers to, directly or through conditions."""
    found, text = set(), json.dumps(of)
    for name in re.findall(r'"Fn::If": \["(\w+)"|"Condition": "(\w+)"', text):
        found |= parameters_in(t["Conditions"]["".join(name)], t)
    refs = re.findall(r'"Ref": "(\w+)"', text) + re.findall(r"\$\{(\w+)\}", text)
    return found | (set(refs) & set(t["Parameters"]))


def forget(line):
    """A sabotage that takes a parameter out of the settings."""

    def change(template):
        content = template["Resources"]["Settings"]["Properties"]["Content"]
        assert f"{line}=${{{line}}}\n" in content["Fn::Sub"], line
        content["Fn::Sub"] = content["Fn::Sub"].replace(f"{line}=${{{line}}}\n", "")

    return change


NEW = {"Type": "String", "Default": "", "Description": "Something that the functions shall know."}


def new_parameter(template):
    template["Parameters"]["NewSetting"] = NEW
    template["Conditions"]["HasNewSetting"] = {"Fn::Not": [{"Fn::Equals": [{"Ref": "NewSetting"}, ""]}]}


BY_CONDITION = {"Fn::If": ["HasNewSetting", {"Ref": "SecretArn"}, {"Ref": "ReadSecretArn"}]}


@check(
    one_forgotten=forget("RedirectUris"),
    the_size_forgotten=forget("MemorySize"),
    by_a_condition_alone=forget("ReadSecretArn"),
    a_new_one=both(new_parameter, function({"Ref": "NewSetting"}, "Environment", "Variables", "CONNECTION")),
    a_new_condition=both(new_parameter, function(BY_CONDITION, "Environment", "Variables", "SECRET_ID")),
    none=put("x", "Settings", "Properties", "Content"),
    another_name=put({"Fn::Sub": "${Audience}"}, "Settings", "Properties", "Content"),
    read_at_run_time=put({"Type": "AWS::AppConfig::Deployment", "Properties": {}}, "Extra"),
)
def every_setting_of_the_functions_is_among_the_settings(t):
    """SAM looks at the template when it publishes a version, and not at the values of parameters."""
    used = set().union(*(parameters_in(f, t) for f in functions(t).values()))
    content = t["Resources"]["Settings"]["Properties"]["Content"]
    assert content == {"Fn::Sub": "".join(f"{name}=${{{name}}}\n" for name in sorted(used))}
    assert not [name for name, r in t["Resources"].items() if r["Type"] == "AWS::AppConfig::Deployment"]


def without_rule(name):
    return lambda t: t["Rules"].pop(name)


@check(
    either_way_in=without_rule("OneWayIn"),
    unreachable=without_rule("TheNewEndpointIsReachable"),
    without_effect=without_rule("EndpointSettingsRequireANewEndpoint"),
    half_a_domain=without_rule("ADomainHasACertificate"),
    half_a_record=without_rule("ARecordRequiresADomain"),
    any_token=without_rule("TokensHaveAnIssuerAndAnAudience"),
    idle_issuer=without_rule("TokenSettingsRequireTokens"),
    idle_roles=without_rule("RolesRequireSignatures"),
    idle_limits=without_rule("OnlyACustomPlanHasLimits"),
    jobs_that_nobody_can_read=without_rule("AJobLivesThroughOneRotation"),
    refuses_all=lambda t: t["Rules"].update(No={"Assertions": [{"Assert": {"Fn::Equals": ["a", "b"]}}]}),
)
def contradicting_parameters_are_refused(t):
    for name, setting in SETTINGS.items():
        assert not broken_rules(t, setting), name
    for name, parameters in REFUSED.items():
        assert broken_rules(t, parameters), name
    for rule in t["Rules"].values():
        assert all(len(a["AssertDescription"]) > 20 for a in rule["Assertions"])
