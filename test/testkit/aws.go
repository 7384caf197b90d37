package testkit

import (
	"os"
	"testing"
)

// PointAWSAt makes the AWS SDK call Secrets Manager and EC2 at a URL, with made-up
// credentials and without the settings of this machine.
func PointAWSAt(t *testing.T, url string) {
	t.Helper()
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL_SECRETS_MANAGER": url,
		"AWS_ENDPOINT_URL_EC2":             url,
		"AWS_ENDPOINT_URL_S3":              url,
		"AWS_ENDPOINT_URL_SFN":             url,
		"AWS_REGION":                       "eu-central-1",
		"AWS_ACCESS_KEY_ID":                "test",
		"AWS_SECRET_ACCESS_KEY":            "test",
		"AWS_SESSION_TOKEN":                "",
		"AWS_CONFIG_FILE":                  os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE":      os.DevNull,
	} {
		t.Setenv(name, value)
	}
}
