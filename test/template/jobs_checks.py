"""What must be true of the bucket and the state machine of jobs, and of a stack without them."""

import json

from checks import check, parameter, put
from rights_checks import statement
from settings_checks import ALWAYS, condition
from settings_checks import check as check_settings
from transformed import of_type, one

BUCKET, POLICY, MACHINE = ("JobsBucket", "Properties"), ("JobsBucketPolicy", "Properties", "PolicyDocument", "Statement"), ("JobsMachine", "Properties")
NO_ONE_ELSE = {"BlockPublicAcls": True, "BlockPublicPolicy": True, "IgnorePublicAcls": True, "RestrictPublicBuckets": True}
FOLDERS = ("jobs", "places", "front-ends")


@check(
    public_acls=put(False, *BUCKET, "PublicAccessBlockConfiguration", "BlockPublicAcls"),
    public_policies=put(False, *BUCKET, "PublicAccessBlockConfiguration", "RestrictPublicBuckets"),
    no_block=put(None, *BUCKET, "PublicAccessBlockConfiguration"),
    objects_of_others=put("ObjectWriter", *BUCKET, "OwnershipControls", "Rules", 0, "ObjectOwnership"),
    kept_for_good=put("Disabled", *BUCKET, "LifecycleConfiguration", "Rules", 0, "Status"),
    kept_for_a_month=put(30, *BUCKET, "LifecycleConfiguration", "Rules", 0, "ExpirationInDays"),
    places_for_good=put(None, *BUCKET, "LifecycleConfiguration", "Rules", 1),
    another_folder=put("job/", *BUCKET, "LifecycleConfiguration", "Rules", 0, "Prefix"),
    the_pause_ends=put("", *BUCKET, "LifecycleConfiguration", "Rules", 2, "Prefix"),
    to_another_class=put([{"StorageClass": "GLACIER", "TransitionInDays": 1}], *BUCKET, "LifecycleConfiguration", "Rules", 0, "Transitions"),
    without_tls=put(None, "JobsBucketPolicy"),
    tls_for_reads=put("s3:GetObject", *POLICY, 0, "Action"),
    tls_for_objects=put([{"Fn::Sub": "${JobsBucket.Arn}/*"}], *POLICY, 0, "Resource"),
    tls_for_some=put({"AWS": "123456789012"}, *POLICY, 0, "Principal"),
    the_other_way_round=put("true", *POLICY, 0, "Condition", "Bool", "aws:SecureTransport"),
    allowed_with_tls=put({"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}, *POLICY, 0),
    off_by_default=parameter("off", "Jobs", "Default"),
    of_another_bucket=put("usher-deployments", "JobsBucketPolicy", "Properties", "Bucket"),
)
def the_bucket_of_jobs_is_private_and_forgets(t):
    bucket = one(t, "AWS::S3::Bucket")
    assert bucket["PublicAccessBlockConfiguration"] == NO_ONE_ELSE
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    days = {"Ref": "JobRetentionDays"}
    assert bucket["LifecycleConfiguration"]["Rules"] == [
        {"Id": folder, "Status": "Enabled", "Prefix": folder + "/", "ExpirationInDays": days} for folder in FOLDERS
    ]
    assert t["Parameters"]["JobRetentionDays"]["Default"] == 7 and t["Parameters"]["Jobs"]["Default"] == "on"
    policy = one(t, "AWS::S3::BucketPolicy")
    assert policy["Bucket"] == {"Ref": "JobsBucket"}
    assert policy["PolicyDocument"]["Statement"] == [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [{"Fn::GetAtt": ["JobsBucket", "Arn"]}, {"Fn::Sub": "${JobsBucket.Arn}/*"}],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]


@check(
    express=put("EXPRESS", *MACHINE, "Type"),
    another_worker=put({"Ref": "GetJob.Alias"}, *MACHINE, "DefinitionSubstitutions", "Worker"),
    past_the_alias=put({"Fn::GetAtt": ["RunJob", "Arn"]}, *MACHINE, "DefinitionSubstitutions", "Worker"),
    logged_data=put({"Level": "ALL", "IncludeExecutionData": True}, *MACHINE, "Logging"),
    role_by_sam=put(None, *MACHINE, "Role"),
    the_workers_role=put({"Fn::GetAtt": ["RunJobRole", "Arn"]}, *MACHINE, "Role"),
    always_traced=put({"Enabled": True}, *MACHINE, "Tracing"),
    never_traced=put(None, *MACHINE, "Tracing"),
    tagged=put({"Owner": "ada@example.com"}, *MACHINE, "Tags"),
)
def the_machine_runs_the_worker_and_logs_nothing(t):
    machine = one(t, "AWS::StepFunctions::StateMachine")
    assert machine["StateMachineType"] == "STANDARD"
    assert machine["DefinitionSubstitutions"] == {"Worker": {"Ref": "RunJobAliaslive"}}
    assert machine["LoggingConfiguration"] == {"Level": "OFF", "IncludeExecutionData": False}
    assert machine["RoleArn"] == {"Fn::GetAtt": ["JobsMachineRole", "Arn"]}
    assert machine["TracingConfiguration"] == {"Enabled": {"Fn::If": ["Traces", True, False]}}
    assert machine["Tags"] == [{"Key": "stateMachine:createdBy", "Value": "SAM"}]


@check_settings(
    always=("off", put("x", *BUCKET, "BucketEncryption", "ServerSideEncryptionConfiguration", 0, "ServerSideEncryptionByDefault", "KMSMasterKeyID")),
    never=("jobs key", condition("HasJobsKey", {"Fn::Not": [ALWAYS]})),
    another_key=("all", put({"Ref": "LogKeyArn"}, *BUCKET, "BucketEncryption", "ServerSideEncryptionConfiguration", 0, "ServerSideEncryptionByDefault", "KMSMasterKeyID")),
    a_call_for_each_object=("jobs key", put(False, *BUCKET, "BucketEncryption", "ServerSideEncryptionConfiguration", 0, "BucketKeyEnabled")),
    not_at_all=("off", put(None, *BUCKET, "BucketEncryption")),
    without_the_right=("jobs key", statement(None, "JobsRole", 3, policy=1)),
    as_long_as_ever=("jobs kept for two weeks", put(7, *BUCKET, "LifecycleConfiguration", "Rules", 0, "ExpirationInDays")),
    another_time_in_the_functions=("jobs kept for two weeks", put("7", "RunJob", "Properties", "Environment", "Variables", "JOB_RETENTION_DAYS")),
)  # fmt: skip
def jobs_are_kept_as_told(d):
    v = d["Values"]
    if v["Jobs"] == "off":
        return
    bucket, key = one(d, "AWS::S3::Bucket"), v["JobsKeyArn"]
    by = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key} if key else {"SSEAlgorithm": "AES256"}
    assert bucket["BucketEncryption"] == {
        "ServerSideEncryptionConfiguration": [{"BucketKeyEnabled": bool(key), "ServerSideEncryptionByDefault": by}]
    }
    assert {rule["ExpirationInDays"] for rule in bucket["LifecycleConfiguration"]["Rules"]} == {v["JobRetentionDays"]}
    for name, f in of_type(d, "AWS::Lambda::Function").items():
        assert f["Properties"]["Environment"]["Variables"].get("JOB_RETENTION_DAYS", v["JobRetentionDays"]) == v["JobRetentionDays"], name
    for name in ("JobsRole", "RunJobRole"):
        assert ("kms:GenerateDataKey" in str(d["Resources"][name])) is bool(key), name


def of_jobs(d):
    """The names of resources and outputs whose names or references say that they are of jobs."""
    parts = {name: json.dumps(item) for part in ("Resources", "Outputs") for name, item in d[part].items()}
    words = ("Job", "UsherBulk", "UsherImport", "UsherExport", "/jobs", "user-creations", "HasJobs")
    # The settings and the dashboard are there in any case, and say what is set and what is counted.
    return {name for name, text in parts.items() if name not in ("Settings", "Dashboard") and any(word in name + text for word in words)}


CONDITIONAL = ["JobsBucket", "JobsBucketPolicy", "JobsMachine", "RunJob", "JobsRole", "RunJobRole", "JobsMachineRole", "JobsAlarm", "UsherBulk", "CreateUsers", "ListJobs"]


@check_settings(
    **{f"{name}_stays": ("no jobs", put(None, name, "Condition")) for name in CONDITIONAL},
    an_output_stays=("no jobs", lambda t: t["Outputs"]["UsherBulkPolicy"].pop("Condition")),
    always=("no jobs", condition("HasJobs", ALWAYS)),
    never=("off", condition("HasJobs", {"Fn::Not": [ALWAYS]})),
)
def jobs_leave_nothing_behind_where_they_are_off(d):
    if d["Values"]["Jobs"] == "off":
        assert not of_jobs(d), of_jobs(d)
        return
    assert set(CONDITIONAL) - {"ListJobs"} <= of_jobs(d), set(CONDITIONAL) - of_jobs(d)
