package onaws

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

func TestTheClientsAreConfiguredByTheEnvironment(t *testing.T) {
	role := map[string]string{"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "key", "AWS_SESSION_TOKEN": "session"}
	tests := map[string]struct {
		change             map[string]string
		region, s3, states string
	}{
		"a role":             {nil, "eu-central-1", "", ""},
		"the default region": {map[string]string{"AWS_REGION": "", "AWS_DEFAULT_REGION": "us-east-1"}, "us-east-1", "", ""},
		"endpoints":          {map[string]string{"AWS_ENDPOINT_URL_S3": "https://s3.example", "AWS_ENDPOINT_URL_SFN": "https://sfn.example", "AWS_ENDPOINT_URL": "https://x.example"}, "eu-central-1", "https://s3.example", "https://sfn.example"},
		"one for all":        {map[string]string{"AWS_ENDPOINT_URL": "https://aws.example"}, "eu-central-1", "https://aws.example", "https://aws.example"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := New(Options{Getenv: func(name string) string {
				if value, changed := tt.change[name]; changed {
					return value
				}
				return role[name]
			}})
			storage, states := a.s3.Options(), a.sfn.Options()
			if storage.Region != tt.region || states.Region != tt.region ||
				aws.ToString(storage.BaseEndpoint) != tt.s3 || aws.ToString(states.BaseEndpoint) != tt.states {
				t.Errorf("%s %s %v %v", storage.Region, states.Region, aws.ToString(storage.BaseEndpoint), aws.ToString(states.BaseEndpoint))
			}
			for _, c := range []aws.CredentialsProvider{storage.Credentials, states.Credentials} {
				if got, err := c.Retrieve(t.Context()); err != nil || got.AccessKeyID != "id" || got.SecretAccessKey != "key" || got.SessionToken != "session" {
					t.Errorf("%v, %v", got, err)
				}
			}
		})
	}
}
