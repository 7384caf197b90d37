package secrets

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"
)

func TestClientIsConfiguredByTheEnvironment(t *testing.T) {
	type settings struct{ Region, Endpoint, Key, Secret, Session string }
	role := map[string]string{"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "key", "AWS_SESSION_TOKEN": "session"}
	tests := map[string]struct {
		change map[string]string
		want   settings
	}{
		"a role":             {nil, settings{"eu-central-1", "", "id", "key", "session"}},
		"the default region": {map[string]string{"AWS_REGION": "", "AWS_DEFAULT_REGION": "us-east-1"}, settings{"us-east-1", "", "id", "key", "session"}},
		"an endpoint": {map[string]string{"AWS_ENDPOINT_URL_SECRETS_MANAGER": "https://vpce.example"},
			settings{"eu-central-1", "https://vpce.example", "id", "key", "session"}},
		"one for all services": {map[string]string{"AWS_ENDPOINT_URL": "https://aws.example"},
			settings{"eu-central-1", "https://aws.example", "id", "key", "session"}},
		"both": {map[string]string{"AWS_ENDPOINT_URL_SECRETS_MANAGER": "https://vpce.example", "AWS_ENDPOINT_URL": "https://aws.example"},
			settings{"eu-central-1", "https://vpce.example", "id", "key", "session"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			o := newClient(func(name string) string {
				if value, changed := tt.change[name]; changed {
					return value
				}
				return role[name]
			}).Options()
			credentials, err := o.Credentials.Retrieve(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got := settings{o.Region, aws.ToString(o.BaseEndpoint), credentials.AccessKeyID, credentials.SecretAccessKey, credentials.SessionToken}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
