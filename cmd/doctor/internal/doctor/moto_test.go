//go:build moto

package doctor

import (
	"bytes"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"usher/test/testkit/moto"
)

// The checks of AWS against moto, which the stand-ins of the other tests are held
// to by this.

// ask calls EC2's query API and returns what one element of the answer holds.
func ask(t *testing.T, at, action, element string, more url.Values) string {
	t.Helper()
	form := url.Values{"Action": {action}, "Version": {"2016-11-15"}}
	for name, values := range more {
		form[name] = values
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, at, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/ec2/aws4_request, SignedHeaders=host, Signature=x")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	for decoder := xml.NewDecoder(bytes.NewReader(body)); ; {
		token, err := decoder.Token()
		if err != nil {
			t.Fatalf("%s: %d without <%s>: %s", action, resp.StatusCode, element, body)
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == element {
			var text string
			if err := decoder.DecodeElement(&text, &start); err != nil {
				t.Fatal(err)
			}
			return text
		}
	}
}

func TestAgainstMoto(t *testing.T) {
	at, secrets := moto.Start(t)
	vpc := ask(t, at, "CreateVpc", "vpcId", url.Values{"CidrBlock": {"10.0.0.0/16"}})
	endpointFor := func(service, kind, dns string) string {
		return ask(t, at, "CreateVpcEndpoint", "vpcEndpointId", url.Values{
			"VpcId": {vpc}, "ServiceName": {"com.amazonaws.eu-central-1." + service}, "VpcEndpointType": {kind}, "PrivateDnsEnabled": {dns},
		})
	}
	c := open(t)
	c.with.Getenv = os.Getenv
	store := func(name, text string) string {
		if _, err := secrets.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: &name, SecretString: &text}); err != nil {
			t.Fatal(err)
		}
		return name
	}
	good := store("usher/good", c.text(t, nil))
	rotated := store("usher/rotated", c.text(t, map[string]string{"client_secret": "an-old-one"}))
	text := c.text(t, nil)
	if _, err := secrets.PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{SecretId: &rotated, SecretString: &text}); err != nil {
		t.Fatal(err)
	}
	rotating := store("usher/rotating", text)
	stale := c.text(t, map[string]string{"client_secret": "a-new-one"})
	if _, err := secrets.PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{
		SecretId: &rotating, SecretString: &stale, VersionStages: []string{pending},
	}); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		secret, endpoint string
		want             map[string]Outcome
	}{
		"all is well":        {good, endpointFor("execute-api", "Interface", "true"), map[string]Outcome{"secret": OK, "secret-versions": OK, "vpc-endpoint": OK}},
		"a rotation ended":   {rotated, endpointFor("execute-api", "Interface", "false"), map[string]Outcome{"secret": OK, "secret-versions": OK, "vpc-endpoint": Warning}},
		"a rotation is open": {rotating, endpointFor("s3", "Gateway", "false"), map[string]Outcome{"secret": OK, "secret-versions": Warning, "vpc-endpoint": Wrong}},
		"neither is there": {"usher/none", "vpce-0123456789abcdef0",
			and(and(all(NotChecked, ofAsker, ofReach, []string{"domain"}), "secret", Wrong), "vpc-endpoint", Wrong)},
		"half a secret": {store("usher/half", c.text(t, map[string]string{"client_id": ""})), "vpce-0123456789abcdef0",
			and(and(all(NotChecked, ofAsker, ofReach, []string{"domain"}), "secret", Wrong), "vpc-endpoint", Wrong)},
		"no JSON": {store("usher/text", "s3cr3t"), "vpce-0123456789abcdef0",
			and(and(all(NotChecked, ofAsker, ofReach, []string{"domain"}), "secret", Wrong), "vpc-endpoint", Wrong)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c.patient.SecretID, c.patient.Endpoints = tt.secret, []string{tt.endpoint}
			compareOutcomes(t, Examine(t.Context(), c.patient, c.with), tt.want)
		})
	}
}
