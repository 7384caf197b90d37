//go:build moto

package doctor

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// The checks of AWS against moto, which the stand-ins of the other tests are held
// to by this. MOTO_SERVER names the executable.

// startMoto starts a server, points the environment at it, and returns its URL.
func startMoto(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	_ = listener.Close()
	host, port, _ := net.SplitHostPort(addr)
	var out bytes.Buffer
	server := exec.Command(cmp.Or(os.Getenv("MOTO_SERVER"), "moto_server"), "-H", host, "-p", port)
	server.Stdout, server.Stderr = &out, &out
	if err := server.Start(); err != nil {
		t.Fatalf("start moto, which MOTO_SERVER or PATH has to name: %v", err)
	}
	t.Cleanup(func() { _ = server.Process.Kill(); _ = server.Wait() })
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if conn, err := net.Dial("tcp", addr); err == nil {
			_ = conn.Close()
			break
		} else if time.Now().After(deadline) {
			t.Fatal("moto does not listen")
		}
	}
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL_SECRETS_MANAGER": "http://" + addr, ec2: "http://" + addr, "AWS_REGION": "eu-central-1",
		"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_SESSION_TOKEN": "",
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
	} {
		t.Setenv(name, value)
	}
	return "http://" + addr
}

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
	at := startMoto(t)
	cfg, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	secrets := secretsmanager.NewFromConfig(cfg)
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
			and(and(all(NotChecked, ofAsker, []string{"domain", "discovery"}), "secret", Wrong), "vpc-endpoint", Wrong)},
		"half a secret": {store("usher/half", c.text(t, map[string]string{"client_id": ""})), "vpce-0123456789abcdef0",
			and(and(all(NotChecked, ofAsker, []string{"domain", "discovery"}), "secret", Wrong), "vpc-endpoint", Wrong)},
		"no JSON": {store("usher/text", "s3cr3t"), "vpce-0123456789abcdef0",
			and(and(all(NotChecked, ofAsker, []string{"domain", "discovery"}), "secret", Wrong), "vpc-endpoint", Wrong)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c.patient.SecretID, c.patient.Endpoints = tt.secret, []string{tt.endpoint}
			compareOutcomes(t, Examine(t.Context(), c.patient, c.with), tt.want)
		})
	}
}
