"""What there may be in the stack at all.

The other checks look at what they know; what is of another kind, or has a property
more, none of them would look at. So all that there is stands here, and who adds to it
is asked what holds it.
"""

import json

from checks import READER, api, check, function, methods, put, route
from transformed import one

# Each kind of resource, and the properties that one may have.
KINDS = {
    "AWS::ApiGateway::BasePathMappingV2": "DomainNameArn RestApiId Stage",
    "AWS::ApiGateway::Deployment": "Description RestApiId",
    "AWS::ApiGateway::DomainNameAccessAssociation": "AccessAssociationSource AccessAssociationSourceType DomainNameArn",
    "AWS::ApiGateway::DomainNameV2": "CertificateArn DomainName EndpointConfiguration Policy SecurityPolicy",
    "AWS::ApiGateway::RestApi": "BinaryMediaTypes Body Description EndpointConfiguration Name Parameters",
    "AWS::ApiGateway::Stage": "AccessLogSetting DeploymentId MethodSettings RestApiId StageName TracingEnabled",
    "AWS::AppConfig::Application": "Description Name",
    "AWS::AppConfig::ConfigurationProfile": "ApplicationId LocationUri Name",
    "AWS::AppConfig::HostedConfigurationVersion": "ApplicationId ConfigurationProfileId Content ContentType",
    "AWS::CloudWatch::Alarm": """AlarmActions AlarmDescription ComparisonOperator DatapointsToAlarm Dimensions
        EvaluateLowSampleCountPercentile EvaluationPeriods ExtendedStatistic MetricName Metrics Namespace OKActions Period
        Statistic Threshold TreatMissingData""",
    "AWS::CloudWatch::Dashboard": "DashboardBody",
    "AWS::CodeDeploy::Application": "ComputePlatform",
    "AWS::CodeDeploy::DeploymentGroup": """AlarmConfiguration ApplicationName AutoRollbackConfiguration DeploymentConfigName
        DeploymentStyle ServiceRoleArn""",
    "AWS::EC2::SecurityGroup": "GroupDescription SecurityGroupEgress SecurityGroupIngress VpcId",
    "AWS::EC2::VPCEndpoint": "PolicyDocument PrivateDnsEnabled SecurityGroupIds ServiceName SubnetIds VpcEndpointType VpcId",
    "AWS::IAM::ManagedPolicy": "Description PolicyDocument",
    "AWS::IAM::Role": "AssumeRolePolicyDocument PermissionsBoundary Policies",
    "AWS::Lambda::Alias": "FunctionName FunctionVersion Name ProvisionedConcurrencyConfig",
    "AWS::Lambda::Function": """Architectures Code Environment Handler LoggingConfig MemorySize Role Runtime Tags Timeout
        TracingConfig""",
    "AWS::Lambda::Permission": "Action FunctionName Principal SourceAccount SourceArn",
    "AWS::Lambda::Version": "Description FunctionName",
    "AWS::Logs::LogGroup": "KmsKeyId RetentionInDays",
    "AWS::Logs::MetricFilter": "FilterPattern LogGroupName MetricTransformations",
    "AWS::Route53::RecordSet": "HostedZoneId Name ResourceRecords TTL Type",
    "AWS::S3::Bucket": "BucketEncryption LifecycleConfiguration OwnershipControls PublicAccessBlockConfiguration",
    "AWS::S3::BucketPolicy": "Bucket PolicyDocument",
    "AWS::StepFunctions::StateMachine": """DefinitionS3Location DefinitionSubstitutions LoggingConfiguration RoleArn StateMachineType
        Tags TracingConfiguration""",
    "AWS::SecretsManager::RotationSchedule": "RotateImmediatelyOnUpdate RotationLambdaARN RotationRules SecretId",
}
KINDS = {kind: set(properties.split()) for kind, properties in KINDS.items()}

# What some have beside properties and a condition.
ATTRIBUTES = {
    "AWS::Lambda::Alias": {"UpdatePolicy"},
    "AWS::Lambda::Function": {"Metadata"},
    "AWS::Lambda::Version": {"DeletionPolicy"},
    "AWS::SecretsManager::RotationSchedule": {"DependsOn"},
}


def extra(kind, **properties):
    return put({"Type": kind, "Properties": properties}, "Extra")


def section(name, value):
    def change(template):
        template.setdefault(name, {}).update(value)

    return change


@check(
    a_secrets_policy=extra("AWS::SecretsManager::ResourcePolicy", SecretId={"Ref": "SecretArn"}, ResourcePolicy={}),
    a_roles_policy=extra("AWS::IAM::RolePolicy", RoleName={"Ref": "ReadRole"}, PolicyName="x", PolicyDocument={}),
    a_user=extra("AWS::IAM::User"),
    a_public_api=extra("AWS::ApiGatewayV2::Api", Name="x", ProtocolType="HTTP", Target={"Ref": READER}),
    a_way_to_the_endpoint=extra("AWS::EC2::SecurityGroupIngress", GroupId={"Ref": "EndpointSecurityGroup"}, CidrIp="0.0.0.0/0", IpProtocol="-1"),
    logs_elsewhere=extra("AWS::Logs::SubscriptionFilter", LogGroupName={"Ref": "AccessLogs"}, FilterPattern="", DestinationArn="x"),
    metrics_elsewhere=extra("AWS::CloudWatch::MetricStream", OutputFormat="json", FirehoseArn="x", RoleArn="x"),
    somebodys_own=extra("Custom::Anything", ServiceToken="arn:aws:lambda:eu-central-1:123456789012:function:x"),
    called_by_a_queue=extra("AWS::Lambda::EventSourceMapping", FunctionName={"Ref": READER}),
    called_by_a_balancer=extra("AWS::ElasticLoadBalancingV2::TargetGroup", TargetType="lambda"),
    another_stack=extra("AWS::Serverless::Application", Location="https://bucket.s3.amazonaws.com/template.yaml"),
    by_an_event=function({"Every": {"Type": "Schedule", "Properties": {"Schedule": "rate(1 day)"}}}, "Events"),
    layers=function(["arn:aws:lambda:eu-central-1:123456789012:layer:x:1"], "Layers"),
    kept_jobs=put("Retain", "JobsBucket", "DeletionPolicy"),
    copied_jobs=put({"Role": "x", "Rules": []}, "JobsBucket", "Properties", "ReplicationConfiguration"),
    jobs_are_told=put({"EventBridgeConfiguration": {"EventBridgeEnabled": True}}, "JobsBucket", "Properties", "NotificationConfiguration"),
    versions_of_jobs=put({"Status": "Enabled"}, "JobsBucket", "Properties", "VersioningConfiguration"),
    started_by_an_event=put({"Every": {"Type": "Schedule", "Properties": {"Schedule": "rate(1 day)"}}}, "JobsMachine", "Properties", "Events"),
    in_a_vpc=function({"SubnetIds": ["subnet-0"], "SecurityGroupIds": ["sg-0"]}, "VpcConfig"),
    files=function([{"Arn": "x", "LocalMountPath": "/mnt/x"}], "FileSystemConfigs"),
    dead_letters=function({"Type": "SQS", "TargetArn": "arn:aws:sqs:eu-central-1:123456789012:x"}, "DeadLetterQueue"),
    never_runs=function(0, "ReservedConcurrentExecutions"),
    merged=api("merge", "Mode"),
    cache=api(True, "CacheClusterEnabled"),
    canary=api({"PercentTraffic": 50}, "CanarySetting"),
    stage_variables=api({"x": "y"}, "Variables"),
    kept_logs=put("Retain", "OperationLogs", "DeletionPolicy"),
)
def every_resource_is_of_a_kind_that_is_looked_at(t):
    for name, r in t["Resources"].items():
        assert r["Type"] in KINDS, (name, r["Type"])
        more = set(r.get("Properties", {})) - KINDS[r["Type"]]
        assert not more, (name, more)
        attributes = set(r) - {"Type", "Properties", "Condition"} - ATTRIBUTES.get(r["Type"], set())
        assert not attributes, (name, attributes)


SECTIONS = {"AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules", "Conditions", "Mappings", "Resources", "Outputs"}


@check(
    a_secrets_value=section("Outputs", {"Extra": {"Value": "{{resolve:secretsmanager:prod/usher}}"}}),
    in_the_environment=function("{{resolve:secretsmanager:prod/usher}}", "Environment", "Variables", "SECRET_ID"),
    another_transform=put({"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://bucket/x"}}}, "OperationLogs", "Properties", "RetentionInDays"),
    hooks=section("Hooks", {"Extra": {"Type": "AWS::CodeDeploy::BlueGreen"}}),
)
def nothing_is_put_in_while_it_is_deployed(t):
    assert set(t) <= SECTIONS, set(t) - SECTIONS
    text = json.dumps(t)
    assert "{{resolve:" not in text and "Fn::Transform" not in text


BODY = {"openapi", "info", "paths", "components"} | {f"x-amazon-apigateway-{part}" for part in ("binary-media-types", "gateway-responses", "policy")}


@check(
    no_name_of_its_own=api(True, "DisableExecuteApiEndpoint"),
    models=api({"Any": {"type": "object"}}, "Models"),
    parameters_checked_there=route(["method.request.querystring.x"], "RequestParameters"),
)
def the_definition_of_the_api_holds_nothing_else(t):
    properties = one(t, "AWS::ApiGateway::RestApi")
    assert set(properties["Body"]) == BODY, set(properties["Body"]) ^ BODY
    assert set(properties["Body"]["components"]) == {"securitySchemes"}
    assert properties["Parameters"] == {"endpointConfigurationTypes": "PRIVATE"}
    for path, method, definition in methods(t):
        assert set(definition) == {"security", "responses", "x-amazon-apigateway-integration"}, (path, method)
        assert set(definition["x-amazon-apigateway-integration"]) == {"httpMethod", "type", "uri"}, (path, method)
