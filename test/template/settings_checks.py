"""What must be true of the stack in each setting of settings.py.

These checks look at what CloudFormation makes of the template with the setting's
parameters (resolved.py): an option that is on has to be there, whole and no
wider than it must be, and one that is off must leave nothing behind. A sabotage
here names the setting in which it has to be caught.
"""

import json
import re
from graphlib import CycleError, TopologicalSorter

from checks import ALLOW_ALL, READER, SIGN_IN, WRITTEN, api, function, methods, put
from rights_checks import LOG_GROUPS, ROLES, bounded, decryption, statement, trusts
from settings import ENDPOINTS
from transformed import of_type, one

SETTINGS_CHECKS = {}
SETTINGS_SABOTAGES = []


def check(**sabotages):
    def register(function):
        SETTINGS_CHECKS[function.__name__] = function
        SETTINGS_SABOTAGES.extend((function.__name__, name, *caught) for name, caught in sabotages.items())
        return function

    return register


def listed(text):
    return text.split(",") if text else []


def condition(name, value):
    def change(template):
        template["Conditions"][name] = value

    return change


ALWAYS = {"Fn::Equals": ["x", "x"]}

# ------------------------------------------------------------ where calls come from


def endpoints(d):
    return [{"Ref": "Endpoint"}] if d["Values"]["VpcId"] else listed(d["Values"]["VpcEndpointIds"])


@check(
    regional=("off", api("REGIONAL", "EndpointConfiguration", "Type")),
    no_endpoint=("off", api(None, "EndpointConfiguration", "VPCEndpointIds")),
    public_where_an_endpoint_is_made=("endpoint made", api("EDGE", "EndpointConfiguration", "Type")),
    not_the_one_that_is_made=("endpoint made", api([ENDPOINTS[0]], "EndpointConfiguration", "VPCEndpointIds")),
    one_text=("off", api([{"Ref": "VpcEndpointIds"}], "EndpointConfiguration", "VPCEndpointIds")),
)
def the_api_is_private(d):
    endpoint = one(d, "AWS::ApiGateway::RestApi")["EndpointConfiguration"]
    assert endpoint == {"Types": ["PRIVATE"], "VpcEndpointIds": endpoints(d)}


STATEMENTS = ("Auth", "ResourcePolicy", "CustomStatements")
FRONTENDS = (*STATEMENTS, 1, "Fn::If", 1)


def denial(d):
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "execute-api:Invoke",
        "Resource": "execute-api:/*",
        "Condition": {"StringNotEquals": {"aws:SourceVpce": endpoints(d)}},
    }


@check(
    no_policy=("off", api(None, "Auth", "ResourcePolicy")),
    shorthand=("off", api({"IntrinsicVpceWhitelist": [ENDPOINTS[0]]}, "Auth", "ResourcePolicy")),
    allow=("off", api(ALLOW_ALL, *STATEMENTS, 0)),
    only_one_path=("off", api("execute-api:/*/GET/*", *STATEMENTS, 0, "Resource")),
    by_address=("off", api({"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, *STATEMENTS, 0, "Condition")),
    another_endpoint=("off", api({"StringNotEquals": {"aws:SourceVpce": ["vpce-0"]}}, *STATEMENTS, 0, "Condition")),
    by_vpc=("endpoint made", api({"StringNotEquals": {"aws:SourceVpc": {"Ref": "VpcId"}}}, *STATEMENTS, 0, "Condition")),
    if_it_says_so=("off", api({"StringNotEqualsIfExists": {"aws:SourceVpce": ENDPOINTS}}, *STATEMENTS, 0, "Condition")),
    not_the_one_that_is_made=(
        "endpoint made",
        api({"StringNotEquals": {"aws:SourceVpce": ENDPOINTS}}, *STATEMENTS, 0, "Condition"),
    ),
    everybody=("front-ends elsewhere", api("*", *FRONTENDS, "Principal")),
    every_role=("front-ends elsewhere", api({"AWS": "*"}, *FRONTENDS, "Principal")),
    one_text=("front-ends elsewhere", api({"AWS": {"Ref": "FrontendPrincipals"}}, *FRONTENDS, "Principal")),
    to_change_the_api=("front-ends elsewhere", api("*", *FRONTENDS, "Action")),
    any_api=("front-ends elsewhere", api("arn:aws:execute-api:*:*:*", *FRONTENDS, "Resource")),
    nobody=("front-ends elsewhere", api(None, *STATEMENTS, 1)),
    always=("off", condition("HasFrontendPrincipals", ALWAYS)),
)
def the_policy_denies_all_other_endpoints_and_allows_the_named_roles_alone(d):
    """Roles of the stack's own account need no Allow: IAM says what they may."""
    statements = one(d, "AWS::ApiGateway::RestApi")["Body"]["x-amazon-apigateway-policy"]["Statement"]
    elsewhere = listed(d["Values"]["FrontendPrincipals"])
    allowed = {
        "Effect": "Allow",
        "Principal": {"AWS": elsewhere},
        "Action": "execute-api:Invoke",
        "Resource": "execute-api:/*",
    }
    assert statements == [denial(d), *([allowed] if elsewhere else [])], statements


def made(value, *path):
    return put(value, "Endpoint", "Properties", *path)


def guard(value, *path):
    return put(value, "EndpointSecurityGroup", "Properties", *path)


OPEN = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}
POLICY = ("PolicyDocument", "Statement", 0)


@check(
    always=("off", condition("MakesEndpoint", ALWAYS)),
    never=("endpoint made", condition("MakesEndpoint", {"Fn::Not": [ALWAYS]})),
    no_policy=("endpoint made", made(None, "PolicyDocument")),
    open_policy=("endpoint made", made("*", *POLICY, "Resource")),
    any_account=("endpoint made", made(["arn:aws:execute-api:eu-central-1:*:*/live/*"], *POLICY, "Resource")),
    any_stage=("endpoint made", made([{"Fn::Sub": "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:*"}], *POLICY, "Resource")),
    any_action=("endpoint made", made("*", *POLICY, "Action")),
    any_domain=("all", made("*", *POLICY, "Resource", 1, "Fn::If", 1)),
    not_by_the_domain=("all", made(None, *POLICY, "Resource", 1)),
    another_service=("endpoint made", made("com.amazonaws.eu-central-1.s3", "ServiceName")),
    routed=("endpoint made", made("Gateway", "VpcEndpointType")),
    no_guard=("endpoint made", made(None, "SecurityGroupIds")),
    another_guard=("endpoint made", made(["sg-0123456789abcdef0"], "SecurityGroupIds")),
    private_names=("endpoint made", made(True, "PrivateDnsEnabled")),
    no_private_names=("endpoint with private names", made(False, "PrivateDnsEnabled")),
    open_to_all=("endpoint made", guard([OPEN], "SecurityGroupIngress")),
    open_to_all_as_well=("endpoint for a group", guard(OPEN, "SecurityGroupIngress", 0)),
    every_port=("endpoint made", guard(0, "SecurityGroupIngress", 0, "Fn::If", 1, "FromPort")),
    plain_http=("endpoint for a group", guard(80, "SecurityGroupIngress", 1, "Fn::If", 1, "FromPort")),
    every_protocol=("endpoint made", guard("-1", "SecurityGroupIngress", 0, "Fn::If", 1, "IpProtocol")),
    not_for_the_group=("endpoint for a group", guard(None, "SecurityGroupIngress", 1)),
    calls_out=("endpoint made", guard(None, "SecurityGroupEgress")),
    in_another_vpc=("endpoint made", guard("vpc-0", "VpcId")),
)  # fmt: skip
def an_endpoint_is_made_where_told_and_leads_to_this_accounts_api_alone(d):
    v = d["Values"]
    made, guards = of_type(d, "AWS::EC2::VPCEndpoint"), of_type(d, "AWS::EC2::SecurityGroup")
    if not v["VpcId"]:
        assert not made and not guards
        return
    assert set(made) == {"Endpoint"} and set(guards) == {"EndpointSecurityGroup"}
    account = "arn:aws:execute-api:eu-central-1:123456789012:"
    assert made["Endpoint"]["Properties"] == {
        "VpcEndpointType": "Interface",
        "ServiceName": "com.amazonaws.eu-central-1.execute-api",
        "VpcId": v["VpcId"],
        "SubnetIds": listed(v["SubnetIds"]),
        "SecurityGroupIds": [{"Ref": "EndpointSecurityGroup"}],
        "PrivateDnsEnabled": v["EndpointPrivateDns"],
        "PolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": "execute-api:Invoke",
                    "Resource": [
                        f"{account}*/{v['Stage']}/*",
                        *([f"{account}/domainnames/{v['DomainName']}+*"] if v["DomainName"] else []),
                    ],
                }
            ],
        },
    }
    guard = guards["EndpointSecurityGroup"]["Properties"]
    https = {"Description": "HTTPS from front-ends", "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    reached = {"CidrIp": v["FrontendCidr"], "SourceSecurityGroupId": v["FrontendSecurityGroupId"]}
    assert guard["SecurityGroupIngress"] == [https | {key: whom} for key, whom in reached.items() if whom]
    assert [(e["IpProtocol"], e["CidrIp"]) for e in guard["SecurityGroupEgress"]] == [("-1", "127.0.0.1/32")]
    assert guard["VpcId"] == v["VpcId"]


def domain(value, *path):
    return put(value, "Domain", "Properties", *path)


@check(
    always=("off", condition("HasDomain", ALWAYS)),
    public=("domain", domain(["REGIONAL"], "EndpointConfiguration", "Types")),
    no_policy=("domain", domain(None, "Policy")),
    denies_nobody=("domain", domain(None, "Policy", "Statement", 0)),
    open_policy=("domain", domain([ALLOW_ALL], "Policy", "Statement")),
    allows_everywhere=("domain", domain(None, "Policy", "Statement", 1, "Condition")),
    any_endpoint_of_the_vpc=("all", domain({"StringNotEquals": {"aws:SourceVpc": "vpc-0"}}, "Policy", "Statement", 0, "Condition")),
    not_the_one_that_is_made=("all", domain({"StringNotEquals": {"aws:SourceVpce": ENDPOINTS}}, "Policy", "Statement", 0, "Condition")),
    another_name=("domain", domain("usher.example.com", "DomainName")),
    no_certificate=("domain", domain(None, "CertificateArn")),
    another_stage=("domain", put("test", "DomainMapping", "Properties", "Stage")),
    another_api=("domain", put("a1b2c3d4e5", "DomainMapping", "Properties", "RestApiId")),
    no_mapping=("domain", put(None, "DomainMapping")),
    no_way_to_it=("domain", put(None, "DomainAssociation")),
    by_another_endpoint=("all", put(ENDPOINTS[0], "DomainAssociation", "Properties", "AccessAssociationSource")),
    entered_without_a_zone=("domain", put("HasDomain", "DomainRecord", "Condition")),
    not_entered=("domain with a record", put(None, "DomainRecord")),
    entered_wrongly=("all", put([{"Fn::Sub": "${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}"}], "DomainRecord", "Properties", "ResourceRecords")),
)  # fmt: skip
def a_domain_is_private_and_leads_to_the_stage_from_the_endpoints_alone(d):
    v = d["Values"]
    found = {kind: of_type(d, "AWS::ApiGateway::" + kind) for kind in ("DomainNameV2", "BasePathMappingV2", "DomainNameAccessAssociation")}
    records = of_type(d, "AWS::Route53::RecordSet")
    if not v["DomainName"]:
        assert not any(found.values()) and not records
        return
    assert one(d, "AWS::ApiGateway::DomainNameV2") == {
        "DomainName": v["DomainName"],
        "CertificateArn": v["CertificateArn"],
        "EndpointConfiguration": {"Types": ["PRIVATE"]},
        "SecurityPolicy": "TLS_1_2",
        "Policy": {
            "Version": "2012-10-17",
            "Statement": [denial(d), ALLOW_ALL | {"Condition": {"StringEquals": {"aws:SourceVpce": endpoints(d)}}}],
        },
    }
    this = {"DomainNameArn": {"Fn::GetAtt": ["Domain", "DomainNameArn"]}}
    mapping = this | {"RestApiId": {"Ref": "Api"}, "Stage": {"Ref": "ApiStage"}}
    assert one(d, "AWS::ApiGateway::BasePathMappingV2") == mapping
    association = this | {"AccessAssociationSourceType": "VPCE", "AccessAssociationSource": endpoints(d)[0]}
    assert one(d, "AWS::ApiGateway::DomainNameAccessAssociation") == association
    endpoint = "${Endpoint}" if v["VpcId"] else endpoints(d)[0]
    entry = {
        "HostedZoneId": v["HostedZoneId"],
        "Name": v["DomainName"],
        "Type": "CNAME",
        "TTL": "300",
        "ResourceRecords": ["${Api}-%s.execute-api.eu-central-1.amazonaws.com" % endpoint],
    }
    assert [r["Properties"] for r in records.values()] == ([entry] if v["HostedZoneId"] else [])


@check(
    another_endpoint=("endpoint made", lambda t: t["Outputs"]["Url"].update(Value={"Fn::Sub": "https://${Api}-vpce-0"})),
    a_domain_that_is_none=("off", lambda t: t["Outputs"]["DomainUrl"].pop("Condition")),
)
def the_outputs_say_what_to_call(d):
    v, told = d["Values"], {name: o["Value"] for name, o in d["Outputs"].items()}
    endpoint = "${Endpoint}" if v["VpcId"] else endpoints(d)[0]
    assert told["Url"] == "https://${Api}-%s.execute-api.eu-central-1.amazonaws.com/%s" % (endpoint, v["Stage"])
    assert told.get("DomainUrl") == ("https://" + v["DomainName"] if v["DomainName"] else None)
    assert told.get("EndpointId") == ({"Ref": "Endpoint"} if v["VpcId"] else None)


# ----------------------------------------------------------------- keys and logs


@check(
    one_less=("log key", put(None, "OperationLogs", "Properties", "KmsKeyId")),
    not_the_access_log=("log key", put(None, "AccessLogs", "Properties", "KmsKeyId")),
    not_the_others=("log key", put(None, "AuthorizerAndRotationLogs", "Properties", "KmsKeyId")),
    another_key=("all", put({"Ref": "SecretKeyArn"}, "OperationLogs", "Properties", "KmsKeyId")),
    always=("off", condition("HasLogKey", ALWAYS)),
    never=("log key", condition("HasLogKey", {"Fn::Not": [ALWAYS]})),
    kept_for_good=("logging", put(None, "OperationLogs", "Properties", "RetentionInDays")),
    as_long_as_ever=("logging", put(90, "OperationLogs", "Properties", "RetentionInDays")),
)
def every_log_group_has_the_key_and_the_retention(d):
    v = d["Values"]
    expected = {"RetentionInDays": v["LogRetentionDays"]} | ({"KmsKeyId": v["LogKeyArn"]} if v["LogKeyArn"] else {})
    groups = of_type(d, "AWS::Logs::LogGroup")
    assert set(groups) == LOG_GROUPS
    for name, group in groups.items():
        assert group["Properties"] == expected, (name, group)


@check(
    always=("off", condition("HasSecretKey", ALWAYS)),
    never=("secret key", condition("HasSecretKey", {"Fn::Not": [ALWAYS]})),
    by_the_key_of_the_log=("off", condition("HasSecretKey", {"Fn::Not": [{"Fn::Equals": [{"Ref": "LogKeyArn"}, "x"]}]})),
    not_the_reader=("secret key", statement(None, "ReadRole", 1)),
    any_key=("secret key", decryption("*", "Resource")),
)
def a_function_decrypts_with_the_one_key_where_there_is_one(d):
    v = d["Values"]
    for name, role in of_type(d, "AWS::IAM::Role").items():
        statements = [s for p in role["Properties"]["Policies"] for s in p["PolicyDocument"]["Statement"]]
        reads = [s for s in statements if "secretsmanager:GetSecretValue" in s["Action"]]
        decrypts = [s for s in statements if "kms" in str(s) and s["Resource"] != (v["JobsKeyArn"] or None)]
        if not v["SecretKeyArn"]:
            assert not decrypts, name
            continue
        # With the key for a secret comes the right to read it, and the other way round.
        assert [s["Resource"] for s in decrypts] == [v["SecretKeyArn"]] * len(reads), name
        for read, decrypt in zip(reads, decrypts, strict=True):
            equal = decrypt["Condition"]["StringEquals"]
            assert equal["kms:EncryptionContext:SecretARN"] == read["Resource"], name
            assert equal["kms:ViaService"] == "secretsmanager.eu-central-1.amazonaws.com", name


@check(
    **{f"none_for_{name}": ("all", bounded(None, name)) for name in ROLES},
    always=("off", condition("HasPermissionsBoundary", ALWAYS)),
    never=("permissions boundary", condition("HasPermissionsBoundary", {"Fn::Not": [ALWAYS]})),
)
def every_role_is_bounded_where_told(d):
    boundary = d["Values"]["PermissionsBoundaryArn"] or None
    for name, role in of_type(d, "AWS::IAM::Role").items():
        assert role["Properties"].get("PermissionsBoundary") == boundary, name


def functions(d):
    found = of_type(d, "AWS::Lambda::Function")
    assert len(found) > 5
    return {name: f["Properties"] for name, f in found.items()}


@check(
    always=("off", condition("Traces", ALWAYS)),
    not_all=("tracing", function("PassThrough", "Tracing")),
    not_the_gateway=("tracing", api(False, "TracingEnabled")),
    without_the_right=("tracing", statement(None, "ReadRole", 2)),
)
def traces_are_sent_where_told(d):
    on = d["Values"]["Tracing"] == "Active"
    assert one(d, "AWS::ApiGateway::Stage")["TracingEnabled"] is on
    for name, f in functions(d).items():
        assert f["TracingConfig"] == {"Mode": d["Values"]["Tracing"]}, name
        role = d["Resources"][f["Role"]["Fn::GetAtt"][0]]["Properties"]
        assert ("xray:PutTraceSegments" in str(role)) is on, name


@check(
    nobody_is_limited=("front-ends limited", function("", "Environment", "Variables", "FRONTEND_LIMITS")),
    somebody_is_limited=("off", function("{}", "Environment", "Variables", "FRONTEND_LIMITS")),
    anothers_addresses=("off", function({"Ref": "ResultUrls"}, "Environment", "Variables", "REDIRECT_URIS")),
    the_wrong_secret=("all", put({"Variables": {"SECRET_ID": {"Ref": "ReadSecretArn"}}}, SIGN_IN, "Properties", "Environment")),
)
def every_function_knows_the_stacks_settings(d):
    v = d["Values"]
    for name, f in functions(d).items():
        known = f["Environment"]["Variables"]
        assert known["SECRET_ID"] in {v["SecretArn"], v["ReadSecretArn"]} and known["SECRET_ID"], name
        if name != "Authorizer":  # which asks for nothing that could be limited
            assert known["FRONTEND_LIMITS"] == v["FrontendLimits"], name
        for variable, of in {"REDIRECT_URIS": "RedirectUris", "CONNECTION": "Connection"}.items():
            assert known[variable] == v[of], (name, variable)
    for name in kept_warm(d):
        assert functions(d)[name]["Environment"]["Variables"]["SECRET_ID"] == v["SecretArn"], name


@check(
    fixed_level=("logging", function("info", "Environment", "Variables", "LOG_LEVEL")),
    dropped_by_the_platform=("logging", function("WARN", "LoggingConfig", "ApplicationLogLevel")),
    nobody_is_told=("alarms", condition("HasAlarmTopic", {"Fn::Not": [ALWAYS]})),
    an_empty_topic=("off", condition("HasAlarmTopic", ALWAYS)),
)
def logs_and_alarms_are_as_told(d):
    v = d["Values"]
    for name, f in functions(d).items():
        assert f["Environment"]["Variables"]["LOG_LEVEL"] == v["LogLevel"], name
        assert f["LoggingConfig"]["ApplicationLogLevel"] == "TRACE", name
    told = listed(v["AlarmTopicArn"])
    for name, alarm in of_type(d, "AWS::CloudWatch::Alarm").items():
        assert alarm["Properties"]["AlarmActions"] == alarm["Properties"]["OKActions"] == told, name


@check(
    always=("off", condition("Rotates", ALWAYS)),
    never=("rotation", condition("Rotates", {"Fn::Not": [ALWAYS]})),
    another_schedule=("rotation", put({"AutomaticallyAfterDays": 365}, "RotateSecretSchedule", "Properties", "RotationRules")),
    not_the_second=("all", put(None, "RotateReadSecretSchedule")),
    nobody_notices=("rotation", put("ReleasesInSteps", "RotationAlarm", "Condition")),
)
def secrets_are_rotated_where_told(d):
    v = d["Values"]
    rotated = {s["Properties"]["SecretId"]: s["Properties"]["RotationRules"] for s in of_type(d, "AWS::SecretsManager::RotationSchedule").values()}
    secrets = [v["SecretArn"], *listed(v["ReadSecretArn"])] if v["RotationDays"] != "0" else []
    assert rotated == {secret: {"AutomaticallyAfterDays": v["RotationDays"]} for secret in secrets}
    for name in ("RotateSecret", "RotationAlarm"):
        assert (name in d["Resources"]) is bool(secrets), name


# --------------------------------------------------------------- versions and releases

# The routes that the parameter's description names.
KEPT_WARM = re.findall(r"/[a-z]+", WRITTEN["Parameters"]["SignInProvisionedConcurrency"]["Description"])


def kept_warm(d):
    """The functions of these routes."""
    assert KEPT_WARM
    uris = [definition["x-amazon-apigateway-integration"]["uri"] for path, _, definition in methods(d) if path in KEPT_WARM]
    return {re.search(r"\$\{(\w+)Aliaslive\}", uri)[1] for uri in uris}


def aliases(d):
    """Function → its alias."""
    return {name.removesuffix("Aliaslive"): a for name, a in of_type(d, "AWS::Lambda::Alias").items()}


@check(
    no_alias=("off", function("", "AutoPublishAlias")),
    another_name=("off", function("test", "AutoPublishAlias")),
    kept_for_good=("off", function("Retain", "VersionDeletionPolicy")),
    settings_ignored=("off", function(None, "VersionDescription")),
    settings_not_in_the_function=("off", function("1", "Environment", "Variables", "SETTINGS_VERSION")),
)
def the_gateway_calls_the_version_that_is_live(d):
    """By an alias, which points to a version of the same function that a changed setting replaces."""
    found = aliases(d)
    versions = of_type(d, "AWS::Lambda::Version")
    called = set()
    for path, method, definition in methods(d):
        uri = definition["x-amazon-apigateway-integration"]["uri"]
        name = re.fullmatch(r"arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/\$\{(\w+)Aliaslive\}/invocations", uri)
        assert name, (path, method, uri)
        called.add(name[1])
    # frontend_auth_checks.py and jobs_checks.py see to it that they are called by their alias, too.
    called |= {"Authorizer"} | ({"RunJob"} if d["Values"]["Jobs"] == "on" else set())
    assert called == set(found) and len(versions) == len(found)
    for name, alias in found.items():
        properties = alias["Properties"]
        assert properties["Name"] == "live" and properties["FunctionName"] == {"Ref": name}, name
        version = versions[properties["FunctionVersion"]["Fn::GetAtt"][0]]
        assert version["DeletionPolicy"] == "Delete", name
        assert version["Properties"] == {"FunctionName": {"Ref": name}, "Description": {"Ref": "Settings"}}, name
        # Lambda publishes no version of a function in which nothing has changed.
        assert functions(d)[name]["Environment"]["Variables"]["SETTINGS_VERSION"] == {"Ref": "Settings"}, name


@check(
    always=("off", condition("KeepsSignInWarm", ALWAYS)),
    never=("sign-in kept warm", condition("KeepsSignInWarm", {"Fn::Not": [ALWAYS]})),
    one_less=("sign-in kept warm", put(None, SIGN_IN, "Properties", "ProvisionedConcurrencyConfig")),
    another_one=("off", function({"ProvisionedConcurrentExecutions": 1}, "ProvisionedConcurrencyConfig")),
    another_number=(
        "sign-in kept warm",
        put({"ProvisionedConcurrentExecutions": 50}, SIGN_IN, "Properties", "ProvisionedConcurrencyConfig"),
    ),
)
def what_signs_in_is_kept_warm_where_told(d):
    number = d["Values"]["SignInProvisionedConcurrency"]
    expected = dict.fromkeys(kept_warm(d), {"ProvisionedConcurrentExecutions": number}) if number != "0" else {}
    found = {name: a["Properties"].get("ProvisionedConcurrencyConfig") for name, a in aliases(d).items()}
    assert {name: config for name, config in found.items() if config} == expected


def preference(value, member):
    def change(template):
        template["Globals"]["Function"]["DeploymentPreference"][member] = value

    return change


@check(
    without_alarms=("release in steps", preference([], "Alarms")),
    an_alarm_less=("release in steps", preference([{"Ref": "FaultsAlarm"}], "Alarms")),
    all_at_once=("release in steps", preference("AllAtOnce", "Type")),
    one_at_once=("release in steps", function({"Enabled": False}, "DeploymentPreference")),
    never=("release in steps", preference(False, "Enabled")),
    always=("off", preference(True, "Enabled")),
    the_role_by_sam=("release in steps", preference(None, "Role")),
    a_functions_role=("release in steps", preference({"Fn::GetAtt": ["ManageRole", "Arn"]}, "Role")),
    somebody_is_told=("release in steps", preference([{"TriggerTargetArn": "x"}], "TriggerConfigurations")),
    somebodys_hook=("release in steps", preference({"PreTraffic": {"Ref": READER}}, "Hooks")),
    always_a_role=("off", put(None, "ReleaseRole", "Condition")),
    always_an_alarm=("off", put(None, "ReleaseAlarm", "Condition")),
    no_such_alarm=("release in steps", condition("ReleasesInSteps", {"Fn::Not": [ALWAYS]})),
)
def a_release_goes_in_steps_and_back_where_told(d):
    v = d["Values"]
    groups = of_type(d, "AWS::CodeDeploy::DeploymentGroup")
    policies = {name: a.get("UpdatePolicy") for name, a in aliases(d).items()}
    if v["DeploymentPreference"] == "AllAtOnce":
        assert not groups and not of_type(d, "AWS::CodeDeploy::Application") and not any(policies.values())
        assert "ReleaseRole" not in d["Resources"] and "ReleaseAlarm" not in d["Resources"]
        return
    assert {name.removesuffix("DeploymentGroup") for name in groups} == set(policies)
    application = {"Ref": next(iter(of_type(d, "AWS::CodeDeploy::Application")))}
    alarms = [{"Name": {"Ref": name}} for name in ("ReleaseAlarm", "FaultsAlarm", "LatencyAlarm")]
    assert {a["Name"]["Ref"] for a in alarms} <= set(d["Resources"])
    for name, policy in policies.items():
        group = {"Ref": name + "DeploymentGroup"}
        assert policy == {"CodeDeployLambdaAliasUpdate": {"ApplicationName": application, "DeploymentGroupName": group}}, name
        assert groups[name + "DeploymentGroup"]["Properties"] == {
            "ApplicationName": application,
            "AlarmConfiguration": {"Enabled": True, "Alarms": alarms},
            "AutoRollbackConfiguration": {
                "Enabled": True,
                "Events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
            },
            "DeploymentConfigName": "CodeDeployDefault.Lambda" + v["DeploymentPreference"],
            "DeploymentStyle": {"DeploymentType": "BLUE_GREEN", "DeploymentOption": "WITH_TRAFFIC_CONTROL"},
            "ServiceRoleArn": {"Fn::GetAtt": ["ReleaseRole", "Arn"]},
        }, name


def release_role(value, *path):
    return put(value, "ReleaseRole", "Properties", *path)


@check(
    anyone=("release in steps", release_role({"AWS": "*"}, "AssumeRolePolicyDocument", "Statement", 0, "Principal")),
    in_any_way=("release in steps", release_role("sts:*", "AssumeRolePolicyDocument", "Statement", 0, "Action")),
    any_action=("release in steps", release_role("lambda:*", "Policies", 0, "PolicyDocument", "Statement", 0, "Action")),
    any_account=("release in steps", release_role("*", "Policies", 0, "PolicyDocument", "Statement", 0, "Resource")),
    managed=("release in steps", release_role(["arn:aws:iam::aws:policy/AdministratorAccess"], "ManagedPolicyArns")),
)
def codedeploy_may_move_aliases_alone(d):
    if d["Values"]["DeploymentPreference"] == "AllAtOnce":
        return
    role = d["Resources"]["ReleaseRole"]["Properties"]
    assert set(role) - {"PermissionsBoundary"} == {"AssumeRolePolicyDocument", "Policies"}
    assert role["AssumeRolePolicyDocument"] == trusts("codedeploy.amazonaws.com")
    assert [s for p in role["Policies"] for s in p["PolicyDocument"]["Statement"]] == [
        {
            "Effect": "Allow",
            "Action": ["lambda:GetAlias", "lambda:UpdateAlias", "lambda:GetProvisionedConcurrencyConfig"],
            "Resource": "arn:aws:lambda:eu-central-1:123456789012:function:*",
        },
        {"Effect": "Allow", "Action": "cloudwatch:DescribeAlarms", "Resource": "*"},
    ]


def needed_by(resource, names):
    """The resources that CloudFormation makes before this one."""
    text = json.dumps(resource)
    refs = re.findall(r'"(?:Ref|DependsOn)": "(\w+)"|"Fn::GetAtt": \["(\w+)"|\$\{(\w+)[.}]', text)
    return {name for found in refs for name in found} & names


THIS_API = {"Fn::Sub": "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*"}


@check(
    the_endpoint_names_the_api=("endpoint made", made(THIS_API, *POLICY, "Resource", 0)),
    the_settings_name_the_api=("off", put({"Fn::Sub": "Api=${Api}"}, "Settings", "Properties", "Content")),
    the_release_watches_the_denials=("release in steps", preference([{"Ref": "DenialsAlarm"}], "Alarms")),
)
def nothing_waits_for_itself(d):
    """CloudFormation finds a circle only when it is asked to make one, so a setting that nobody tries may have it."""
    names = set(d["Resources"])
    try:
        TopologicalSorter({name: needed_by(r, names) for name, r in d["Resources"].items()}).prepare()
    except CycleError as e:
        raise AssertionError(e) from e
