"""What must be true of the IAM roles and the log groups: who may read which secret and write to which log."""

from checks import MANAGER, READ_SECRET, READER, SECRET, WITHOUT_ROUTES, check, function, functions, keeps_jobs, put, secret_of, shared
from transformed import of_type

OPERATIONS, OTHERS = "OperationLogs", "AuthorizerAndRotationLogs"
LOG_GROUPS = {OPERATIONS, OTHERS, "AccessLogs"}


def log_group_of(name):
    """The worker of jobs changes users, as the operations do."""
    return OTHERS if name in WITHOUT_ROUTES - {"RunJob"} else OPERATIONS


def logs_to(name):
    return {"LogGroup": {"Ref": name}}


@check(
    no_retention=put(None, OPERATIONS, "Properties", "RetentionInDays"),
    default_group=shared(None, "LoggingConfig", "LogGroup"),
    another_group=function(logs_to(OTHERS), "LoggingConfig"),
    the_access_logs=shared({"Ref": "AccessLogs"}, "LoggingConfig", "LogGroup"),
    authorizer_among_the_operations=put(None, "Authorizer", "Properties", "LoggingConfig"),
    rotation_among_the_operations=put(None, "RotateSecret", "Properties", "LoggingConfig"),
    a_group_for_one_function=put({"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": {"Ref": "LogRetentionDays"}}}, "Extra"),
    **{f"without_{name}": put(None, name) for name in sorted(LOG_GROUPS)},
    no_starts_and_ends=function("WARN", "LoggingConfig", "SystemLogLevel"),
    dropped_by_the_platform=function("WARN", "LoggingConfig", "ApplicationLogLevel"),
    text=function("Text", "LoggingConfig", "LogFormat"),
)
def functions_log_to_their_group_which_expires(t):
    groups = of_type(t, "AWS::Logs::LogGroup")
    assert set(groups) == LOG_GROUPS
    for name, group in groups.items():
        assert group.get("Properties", {}).get("RetentionInDays") == {"Ref": "LogRetentionDays"}, name
    as_json = {"LogFormat": "JSON", "ApplicationLogLevel": "TRACE", "SystemLogLevel": "INFO"}
    for name, f in functions(t).items():
        assert f["LoggingConfig"] == as_json | logs_to(log_group_of(name)), name


NOTHING = {"Ref": "AWS::NoValue"}
TRACE = {
    "Fn::If": [
        "Traces",
        {"Effect": "Allow", "Action": ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "Resource": "*"},
        NOTHING,
    ]
}


def read(secret):
    return {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret}


def decrypt(action, secret):
    """Use of the secrets' key for this secret only, and through Secrets Manager only."""
    statement = {
        "Effect": "Allow",
        "Action": action,
        "Resource": {"Ref": "SecretKeyArn"},
        "Condition": {
            "StringEquals": {
                "kms:ViaService": {"Fn::Sub": "secretsmanager.${AWS::Region}.${AWS::URLSuffix}"},
                "kms:EncryptionContext:SecretARN": secret,
            }
        },
    }
    return {"Fn::If": ["HasSecretKey", statement, NOTHING]}


def write(group):
    return {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": {"Fn::GetAtt": [group, "Arn"]}}


def trusts(service, **more):
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    return {"Version": "2012-10-17", "Statement": [statement | more]}


# What the steps of a rotation call, on the two secrets only.
ROTATE = {
    "Effect": "Allow",
    "Action": [
        "secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
    ],
    "Resource": [SECRET, {"Fn::If": ["HasReadSecret", {"Ref": "ReadSecretArn"}, NOTHING]}],
}  # fmt: skip

BUCKET = {"Fn::GetAtt": ["JobsBucket", "Arn"]}


def below(*folders):
    return [{"Fn::Sub": "${JobsBucket.Arn}/" + folder + "/*"} for folder in folders]


def keep(*folders):
    """Reads of all jobs, and writes to some folders of the bucket."""
    return [
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": BUCKET},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": {"Fn::Sub": "${JobsBucket.Arn}/*"}},
        {"Effect": "Allow", "Action": ["s3:PutObject", "s3:DeleteObject"], "Resource": below(*folders)},
        {"Fn::If": ["HasJobsKey", use_of_the_jobs_key(), NOTHING]},
    ]


def use_of_the_jobs_key():
    through = {"kms:ViaService": {"Fn::Sub": "s3.${AWS::Region}.${AWS::URLSuffix}"}, "kms:EncryptionContext:aws:s3:arn": BUCKET}
    return {
        "Effect": "Allow",
        "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
        "Resource": {"Ref": "JobsKeyArn"},
        "Condition": {"StringEquals": through},
    }


TRACE_EXECUTIONS = ["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"]

# The roles of functions, and everything that each may do.
RIGHTS = {
    "ReadRole": [read(READ_SECRET), decrypt("kms:Decrypt", READ_SECRET), TRACE, write(OPERATIONS)],
    "ManageRole": [read(SECRET), decrypt("kms:Decrypt", SECRET), TRACE, write(OPERATIONS)],
    "AuthorizerRole": [TRACE, write(OTHERS)],
    "RotateSecretRole": [ROTATE, decrypt(["kms:Decrypt", "kms:GenerateDataKey"], ROTATE["Resource"]), TRACE, write(OTHERS)],
    "JobsRole": [
        read(SECRET), decrypt("kms:Decrypt", SECRET), TRACE, *keep("jobs", "places", "front-ends"),
        {"Effect": "Allow", "Action": "states:StartExecution", "Resource": {"Ref": "JobsMachine"}}, write(OPERATIONS),
    ],
    "RunJobRole": [read(SECRET), decrypt("kms:Decrypt", SECRET), TRACE, *keep("jobs", "places"), write(OPERATIONS)],
}  # fmt: skip
ROLES = [*RIGHTS, "ReleaseRole", "JobsMachineRole"]
ROLE_OF = {"Authorizer": "AuthorizerRole", "RotateSecret": "RotateSecretRole", "RunJob": "RunJobRole"}


def role_of(t, name):
    if name in ROLE_OF:
        return ROLE_OF[name]
    if keeps_jobs(t, name):
        return "JobsRole"
    return "ReadRole" if secret_of(t, name) == READ_SECRET else "ManageRole"


CONDITIONS = {"RotateSecretRole": "Rotates", "JobsRole": "HasJobs", "RunJobRole": "HasJobs"}


def statement(value, role, number, *path, policy=0):
    """A sabotage of one of a role's statements."""
    return put(value, role, "Properties", "Policies", policy, "PolicyDocument", "Statement", number, *path)


def decryption(value, *path, role="ReadRole"):
    return statement(value, role, 1, "Fn::If", 1, *path)


def logs(value, role="ReadRole"):
    """A sabotage of the log group that a role may write to."""

    def change(template):
        policy = template["Resources"][role]["Properties"]["Policies"][-1]
        policy["PolicyDocument"]["Statement"][-1]["Resource"] = value

    return change


def of(group):
    return {"Fn::GetAtt": [group, "Arn"]}


@check(
    any_secret=statement("*", "ReadRole", 0, "Resource"),
    list_secrets=statement(["secretsmanager:GetSecretValue", "secretsmanager:ListSecrets"], "ReadRole", 0, "Action"),
    the_managing_secret=statement(SECRET, "ReadRole", 0, "Resource"),
    the_reading_secret=statement(READ_SECRET, "ManageRole", 0, "Resource"),
    both_secrets=statement([SECRET, {"Ref": "ReadSecretArn"}], "ReadRole", 0, "Resource"),
    both_secrets_to_manage=statement([SECRET, {"Ref": "ReadSecretArn"}], "ManageRole", 0, "Resource"),
    any_log=logs("arn:aws:logs:*:*:*"),
    the_other_log=logs(of(OTHERS)),
    the_access_log=logs(of("AccessLogs"), "ManageRole"),
    both_logs=logs([of(OPERATIONS), of(OTHERS)], "ManageRole"),
    the_operations_log_for_the_authorizer=logs(of(OPERATIONS), "AuthorizerRole"),
    the_operations_log_for_the_rotation=logs(of(OPERATIONS), "RotateSecretRole"),
    no_log=put(None, "ManageRole", "Properties", "Policies", 1),
    no_secret=put(None, "ReadRole", "Properties", "Policies", 0),
    always_tracing=statement(TRACE["Fn::If"][1], "ReadRole", 2),
    any_key=decryption("*", "Resource"),
    any_use_of_the_key=decryption("kms:*", "Action", role="ManageRole"),
    through_any_service=decryption(None, "Condition", "StringEquals", "kms:ViaService"),
    of_any_secret=decryption(None, "Condition", "StringEquals", "kms:EncryptionContext:SecretARN"),
    of_the_managing_secret=decryption(SECRET, "Condition", "StringEquals", "kms:EncryptionContext:SecretARN"),
    of_the_reading_secret=decryption(READ_SECRET, "Condition", "StringEquals", "kms:EncryptionContext:SecretARN", role="ManageRole"),
    no_key=statement(None, "ReadRole", 1),
    rotation_without_encryption=decryption("kms:Decrypt", "Action", role="RotateSecretRole"),
    rotate_any_secret=statement("*", "RotateSecretRole", 0, "Resource"),
    delete_secrets=statement("secretsmanager:*", "RotateSecretRole", 0, "Action"),
    secret_for_the_authorizer=statement(read(SECRET), "AuthorizerRole", 0),
    managed_policy=put(["arn:aws:iam::aws:policy/ReadOnlyAccess"], "ReadRole", "Properties", "ManagedPolicyArns"),
    for_anyone=put({"AWS": "*"}, "ReadRole", "Properties", "AssumeRolePolicyDocument", "Statement", 0, "Principal"),
    in_any_way=put("sts:*", "ManageRole", "Properties", "AssumeRolePolicyDocument", "Statement", 0, "Action"),
    write_anywhere_in_the_bucket=statement([{"Fn::Sub": "${JobsBucket.Arn}/*"}], "JobsRole", 2, "Resource", policy=1),
    the_worker_pauses_jobs=statement(below("jobs", "places", "paused"), "RunJobRole", 2, "Resource", policy=1),
    any_bucket=statement("*", "RunJobRole", 1, "Resource", policy=1),
    any_action_in_the_bucket=statement("s3:*", "JobsRole", 2, "Action", policy=1),
    not_told_what_is_missing=statement(None, "JobsRole", 0, policy=1),
    any_use_of_the_jobs_key=statement("kms:*", "JobsRole", 3, "Fn::If", 1, "Action", policy=1),
    the_jobs_key_for_any_bucket=statement(None, "RunJobRole", 3, "Fn::If", 1, "Condition", policy=1),
    start_any_machine=statement("*", "JobsRole", 4, "Resource", policy=1),
    stop_executions=statement(["states:StartExecution", "states:StopExecution"], "JobsRole", 4, "Action", policy=1),
    a_worker_that_starts=statement({"Effect": "Allow", "Action": "states:StartExecution", "Resource": {"Ref": "JobsMachine"}}, "RunJobRole", 3, policy=1),
    jobs_by_the_reading_secret=statement(READ_SECRET, "RunJobRole", 0, "Resource"),
    a_role_more=put({"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trusts("lambda.amazonaws.com"), "Policies": []}}, "Extra"),
    a_policy_apart=put({"Type": "AWS::IAM::Policy", "Properties": {"PolicyName": "x", "PolicyDocument": {}, "Roles": ["y"]}}, "Extra"),
)
def a_role_may_read_its_secret_and_write_its_log(t):
    roles = of_type(t, "AWS::IAM::Role")
    # codedeploy_may_move_aliases_alone checks ReleaseRole, and a_policy_lets_call_named_routes_of_this_api_alone the managed policies.
    assert set(roles) == set(ROLES) and not of_type(t, "AWS::IAM::Policy")
    for name, rights in RIGHTS.items():
        role = roles[name]["Properties"]
        assert roles[name].get("Condition") == CONDITIONS.get(name), name
        assert set(role) == {"AssumeRolePolicyDocument", "PermissionsBoundary", "Policies"}, (name, set(role))
        assert role["AssumeRolePolicyDocument"] == trusts("lambda.amazonaws.com"), name
        assert [s for p in role["Policies"] for s in p["PolicyDocument"]["Statement"]] == rights, name


@check(
    any_function=statement("*", "JobsMachineRole", 0, "Resource"),
    past_the_alias=statement({"Fn::GetAtt": ["RunJob", "Arn"]}, "JobsMachineRole", 0, "Resource"),
    any_action=statement("lambda:*", "JobsMachineRole", 0, "Action"),
    starts_itself=statement({"Effect": "Allow", "Action": "states:StartExecution", "Resource": "*"}, "JobsMachineRole", 1),
    always_tracing=statement({"Effect": "Allow", "Action": TRACE_EXECUTIONS, "Resource": "*"}, "JobsMachineRole", 1),
    reads_the_bucket=lambda t: t["Resources"]["JobsMachineRole"]["Properties"]["Policies"].append(t["Resources"]["RunJobRole"]["Properties"]["Policies"][1]),
    any_account=put(None, "JobsMachineRole", "Properties", "AssumeRolePolicyDocument", "Statement", 0, "Condition"),
    for_functions=put({"Service": "lambda.amazonaws.com"}, "JobsMachineRole", "Properties", "AssumeRolePolicyDocument", "Statement", 0, "Principal"),
    without_condition=put(None, "JobsMachineRole", "Condition"),
)  # fmt: skip
def the_machine_may_call_the_worker_alone(t):
    machine = t["Resources"]["JobsMachineRole"]
    role = machine["Properties"]
    assert set(role) == {"AssumeRolePolicyDocument", "PermissionsBoundary", "Policies"} and machine["Condition"] == "HasJobs"
    own_account = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    assert role["AssumeRolePolicyDocument"] == trusts("states.amazonaws.com", Condition=own_account)
    assert [s for p in role["Policies"] for s in p["PolicyDocument"]["Statement"]] == [
        {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": {"Ref": "RunJobAliaslive"}},
        {"Fn::If": ["Traces", {"Effect": "Allow", "Action": TRACE_EXECUTIONS, "Resource": "*"}, NOTHING]},
    ]


def role(name):
    return {"Fn::GetAtt": [name, "Arn"]}


@check(
    a_reader_that_manages=function(role("ManageRole"), "Role"),
    a_manager_that_reads=put(role("ReadRole"), MANAGER, "Properties", "Role"),
    the_authorizers_role=put(role("AuthorizerRole"), MANAGER, "Properties", "Role"),
    the_rotations_role=put(role("RotateSecretRole"), MANAGER, "Properties", "Role"),
    the_release_role=put(role("ReleaseRole"), READER, "Properties", "Role"),
    an_authorizer_that_reads=put(role("ReadRole"), "Authorizer", "Properties", "Role"),
    a_rotation_that_manages=put(role("ManageRole"), "RotateSecret", "Properties", "Role"),
    a_manager_that_keeps_jobs=put(role("JobsRole"), MANAGER, "Properties", "Role"),
    a_worker_that_starts=put(role("JobsRole"), "RunJob", "Properties", "Role"),
    a_start_that_works=put(role("RunJobRole"), "CreateUsers", "Properties", "Role"),
    role_by_sam=function(None, "Role"),
    a_given_role=function("arn:aws:iam::123456789012:role/admin", "Role"),
)
def a_function_has_the_role_of_its_rights(t):
    found = {name: f["Role"] for name, f in functions(t).items()}
    assert found == {name: role(role_of(t, name)) for name in found}, found


BOUNDARY = {"Fn::If": ["HasPermissionsBoundary", {"Ref": "PermissionsBoundaryArn"}, NOTHING]}


def bounded(value, name):
    return put(value, name, "Properties", "PermissionsBoundary")


@check(
    **{f"none_for_{name}": bounded(None, name) for name in ROLES},
    always=bounded({"Ref": "PermissionsBoundaryArn"}, "ReadRole"),
    another=bounded("arn:aws:iam::aws:policy/AdministratorAccess", "ManageRole"),
    for_releases_only=bounded({"Fn::If": ["ReleasesInSteps", {"Ref": "PermissionsBoundaryArn"}, NOTHING]}, "ReleaseRole"),
    always_on=lambda t: t["Parameters"]["PermissionsBoundaryArn"].update(Default="arn:aws:iam::aws:policy/ReadOnlyAccess"),
    the_other_way_round=lambda t: t["Conditions"].update(HasPermissionsBoundary={"Fn::Equals": [{"Ref": "PermissionsBoundaryArn"}, ""]}),
    a_role_without_one=put({"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trusts("lambda.amazonaws.com")}}, "Extra"),
)
def every_role_has_the_permissions_boundary(t):
    for name, r in of_type(t, "AWS::IAM::Role").items():
        assert r["Properties"].get("PermissionsBoundary") == BOUNDARY, name
    assert t["Parameters"]["PermissionsBoundaryArn"]["Default"] == ""
    assert t["Conditions"]["HasPermissionsBoundary"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "PermissionsBoundaryArn"}, ""]}]}
