"""What the template is deployed with, one setting for each option and one with all of them."""

ACCOUNT = "123456789012"
ENDPOINTS = ["vpce-0123456789abcdef0", "vpce-0123456789abcdef1"]
SECRET = f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:prod/usher-a1B2c3"
READ_SECRET = f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:prod/usher-read-d4E5f6"
KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
JOBS_KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/99999999-aaaa-bbbb-cccc-dddddddddddd"
LOG_KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/66666666-7777-8888-9999-000000000000"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundaries/developers"
FRONTENDS = ["arn:aws:iam::210987654321:role/shop", "arn:aws:iam::345678901234:role/teams/support"]
DOMAIN = "usher.internal.example.com"

# What has no default, and the existing endpoints, since one way in there has to be.
OFF = {
    "VpcEndpointIds": ",".join(ENDPOINTS),
    "SecretArn": SECRET,
    "RedirectUris": "https://app.example.com/callback",
}

MADE_ENDPOINT = {
    "VpcEndpointIds": "",
    "VpcId": "vpc-0123456789abcdef0",
    "SubnetIds": "subnet-0123456789abcdef0,subnet-0123456789abcdef1",
    "FrontendCidr": "10.0.0.0/16",
}

# Each option alone.
OPTIONS = {
    "secret key": {"SecretKeyArn": KEY},
    "log key": {"LogKeyArn": LOG_KEY},
    "read secret": {"ReadSecretArn": READ_SECRET},
    "rotation": {"RotationDays": "30"},
    "tracing": {"Tracing": "Active"},
    "logging": {"LogLevel": "debug", "LogRetentionDays": "365"},
    "alarms": {"AlarmTopicArn": f"arn:aws:sns:eu-central-1:{ACCOUNT}:on-call"},
    "sign-in kept warm": {"SignInProvisionedConcurrency": "5"},
    "release in steps": {"DeploymentPreference": "Canary10Percent5Minutes"},
    "endpoint made": MADE_ENDPOINT,
    "endpoint for a group": MADE_ENDPOINT | {"FrontendCidr": "", "FrontendSecurityGroupId": "sg-0123456789abcdef0"},
    "endpoint with private names": MADE_ENDPOINT | {"EndpointPrivateDns": "true"},
    "domain": {
        "DomainName": DOMAIN,
        "CertificateArn": f"arn:aws:acm:eu-central-1:{ACCOUNT}:certificate/11111111-2222-3333-4444-555555555555",
    },
    "front-ends elsewhere": {"FrontendPrincipals": ",".join(FRONTENDS)},
    "bearer tokens": {
        "FrontendAuth": "bearer",
        "FrontendIssuer": "https://tenant.example.com/",
        "FrontendAudience": "https://usher.example.com/",
    },
    "bearer tokens of another issuer": {
        "FrontendAuth": "bearer",
        "FrontendIssuer": "https://login.example.com/tenant/v2.0",
        "FrontendAudience": "https://usher.example.com/",
        "FrontendTokenRule": "client=azp; idtyp=app",
    },
    "permissions boundary": {"PermissionsBoundaryArn": BOUNDARY},
    "a plan": {"Auth0Plan": "self-service"},
    "a custom plan": {"Auth0Plan": "custom", "Auth0Limits": "16/50"},
    "no jobs": {"Jobs": "off"},
    "jobs kept for two weeks": {"JobRetentionDays": "14"},
    "jobs key": {"JobsKeyArn": JOBS_KEY},
    "front-ends limited": {"FrontendLimits": '{"front_ends": []}'},
}
# A record requires a domain.
OPTIONS["domain with a record"] = OPTIONS["domain"] | {"HostedZoneId": "Z0123456789ABCDEFGHIJ"}

SETTINGS = {"off": OFF} | {name: OFF | values for name, values in OPTIONS.items()}
SETTINGS["all"] = {name: value for setting in SETTINGS.values() for name, value in setting.items()} | {
    "VpcEndpointIds": "",
    "FrontendCidr": "10.0.0.0/16",
    "FrontendPrincipals": "",  # they sign, and here front-ends send tokens
    "Jobs": "on",
}

# What the rules have to refuse.
REFUSED = {
    "no way in": OFF | {"VpcEndpointIds": ""},
    "two ways in": OFF | MADE_ENDPOINT | {"VpcEndpointIds": ENDPOINTS[0]},
    "an endpoint without subnets": OFF | MADE_ENDPOINT | {"SubnetIds": ""},
    "subnets without a VPC": OFF | MADE_ENDPOINT | {"VpcId": ""},
    "stray subnets": OFF | {"SubnetIds": MADE_ENDPOINT["SubnetIds"]},
    "an endpoint that nobody reaches": OFF | MADE_ENDPOINT | {"FrontendCidr": ""},
    "a range for an existing endpoint": OFF | {"FrontendCidr": "10.0.0.0/16"},
    "a group for an existing endpoint": OFF | {"FrontendSecurityGroupId": "sg-0123456789abcdef0"},
    "private names of an existing endpoint": OFF | {"EndpointPrivateDns": "true"},
    "a domain without a certificate": OFF | {"DomainName": DOMAIN},
    "a certificate without a domain": OFF | {"CertificateArn": OPTIONS["domain"]["CertificateArn"]},
    "tokens of nobody": OFF | OPTIONS["bearer tokens"] | {"FrontendIssuer": ""},
    "tokens for nobody": OFF | OPTIONS["bearer tokens"] | {"FrontendAudience": ""},
    "roles with tokens": OFF | OPTIONS["bearer tokens"] | OPTIONS["front-ends elsewhere"],
    "an issuer of no tokens": OFF | OPTIONS["bearer tokens"] | {"FrontendAuth": "AWS_IAM"},
    "an audience of no tokens": OFF | {"FrontendAudience": "https://usher.example.com/"},
    "a rule for no tokens": OFF | {"FrontendTokenRule": "client=azp; idtyp=app"},
    "users' tokens for front-ends": OFF | OPTIONS["bearer tokens"] | {"Audience": OPTIONS["bearer tokens"]["FrontendAudience"]},
    "limits without a custom plan": OFF | {"Auth0Plan": "free", "Auth0Limits": "16/50"},
    "a custom plan without limits": OFF | {"Auth0Plan": "custom"},
    "two rotations in a job's life": OFF | {"RotationDays": "6"},
    "two rotations in a long job's life": OFF | {"RotationDays": "13", "JobRetentionDays": "14"},
    "two rotations in a short job's life": OFF | {"RotationDays": "2", "JobRetentionDays": "3"},
    "a record without a domain": OFF | {"HostedZoneId": "Z0123456789ABCDEFGHIJ"},
}
