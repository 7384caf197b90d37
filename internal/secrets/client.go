package secrets

import (
	"cmp"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// newClient returns a client of Secrets Manager that is configured by the environment of a Lambda
// function, which has the credentials of the function's role
// (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html). The SDK's package config
// also finds profiles, single sign-on and EC2 roles. A function has none of these, and the
// package would be a sixth of its size.
func newClient(getenv func(string) string) *secretsmanager.Client {
	o := secretsmanager.Options{
		Region: cmp.Or(getenv("AWS_REGION"), getenv("AWS_DEFAULT_REGION")),
		Credentials: credentials.NewStaticCredentialsProvider(
			getenv("AWS_ACCESS_KEY_ID"), getenv("AWS_SECRET_ACCESS_KEY"), getenv("AWS_SESSION_TOKEN")),
	}
	// https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
	if endpoint := cmp.Or(getenv("AWS_ENDPOINT_URL_SECRETS_MANAGER"), getenv("AWS_ENDPOINT_URL")); endpoint != "" {
		o.BaseEndpoint = &endpoint
	}
	return secretsmanager.New(o)
}
