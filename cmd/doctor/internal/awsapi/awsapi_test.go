package awsapi

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
)

// environment is one in which the AWS SDK finds a region and credentials.
func environment(t *testing.T) {
	t.Helper()
	for name, value := range map[string]string{
		"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_SESSION_TOKEN": "",
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull, "AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(name, value)
	}
}

func nothing(string) string { return "" }

// Each service is asked in the region of the answers, and IAM at its one address.
func TestAddresses(t *testing.T) {
	environment(t)
	tests := map[string]struct {
		region  string
		service Service
		address string
		signed  string
	}{
		"EC2":               {"eu-west-1", EC2, "https://ec2.eu-west-1.amazonaws.com", "eu-west-1"},
		"IAM":               {"eu-west-1", IAM, "https://iam.amazonaws.com", "us-east-1"},
		"EC2 in China":      {"cn-northwest-1", EC2, "https://ec2.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1"},
		"IAM in China":      {"cn-northwest-1", IAM, "https://iam.cn-north-1.amazonaws.com.cn", "cn-north-1"},
		"IAM in GovCloud":   {"us-gov-east-1", IAM, "https://iam.us-gov.amazonaws.com", "us-gov-west-1"},
		"the environment's": {"", Lambda, "https://lambda.eu-central-1.amazonaws.com", "eu-central-1"},
	}
	for name, tt := range tests {
		client, err := New(t.Context(), tt.region, nothing)
		if err != nil {
			t.Fatal(err)
		}
		if address, region := client.at(tt.service); address != tt.address || region != tt.signed {
			t.Errorf("%s: %s in %s", name, address, region)
		}
	}
}

// served answers every request alike, and checks that it is signed.
func served(t *testing.T, signedFor string, status int, header, body string) *Client {
	t.Helper()
	environment(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Authorization"), signedFor+"/aws4_request") {
			t.Errorf("it is signed %q", r.Header.Get("Authorization"))
		}
		if header != "" {
			w.Header().Set("X-Amzn-Errortype", header)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	client, err := New(t.Context(), "", func(name string) string { return map[string]string{"AWS_ENDPOINT_URL": server.URL}[name] })
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func TestQuery(t *testing.T) {
	tests := map[string]struct {
		status     int
		body       string
		name, code string
	}{
		"an answer":        {200, "<R><name>a</name></R>", "a", ""},
		"a refusal of EC2": {403, "<Response><Errors><Error><Code>UnauthorizedOperation</Code></Error></Errors></Response>", "", "UnauthorizedOperation"},
		"a refusal of IAM": {404, "<ErrorResponse><Error><Code>NoSuchEntity</Code></Error></ErrorResponse>", "", "NoSuchEntity"},
		"a proxy's":        {502, "<html>", "", ""},
		"what is no XML":   {200, "{}", "", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			client := served(t, "/eu-central-1/ec2", tt.status, "", tt.body)
			var out struct {
				Name string `xml:"name"`
			}
			err := client.Query(t.Context(), EC2, "DescribeThings", url.Values{"A": {"b"}}, &out)
			if (err == nil) != (tt.name != "") || out.Name != tt.name || Code(err) != tt.code {
				t.Errorf("%+v, %v", out, err)
			}
		})
	}
}

func TestJSON(t *testing.T) {
	tests := map[string]struct {
		status             int
		header, body       string
		name, code, refuse string
	}{
		"an answer":          {200, "", `{"name":"a"}`, "a", "", ""},
		"a code in a header": {404, "ResourceNotFoundException:http://internal.amazon.com/x/", `{}`, "", "ResourceNotFoundException", ""},
		"a code in the body": {400, "", `{"__type":"com.amazonaws.x#AccessDeniedException"}`, "", "AccessDeniedException", ""},
		"a proxy's":          {502, "", "<html>", "", "", ""},
		"what is no JSON":    {200, "", "s3cr3t", "", "", "s3cr3t"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			type answer struct{ Name string }
			check := func(out answer, err error) {
				t.Helper()
				if (err == nil) != (tt.name != "") || out.Name != tt.name || Code(err) != tt.code || tt.refuse != "" && strings.Contains(err.Error(), tt.refuse) {
					t.Errorf("%+v, %v", out, err)
				}
			}
			var got, posted answer
			err := served(t, "/eu-central-1/lambda", tt.status, tt.header, tt.body).Get(t.Context(), Lambda, "/x", &got)
			check(got, err)
			err = served(t, "/eu-central-1/secretsmanager", tt.status, tt.header, tt.body).Post(t.Context(), SecretsManager, "secretsmanager.X", struct{}{}, &posted)
			check(posted, err)
		})
	}
}

func TestNobodyToAsk(t *testing.T) {
	environment(t)
	t.Setenv("AWS_REGION", "")
	if _, err := New(t.Context(), "", nothing); !errors.Is(err, ErrNoAccess) {
		t.Errorf("without a region: %v", err)
	}
	environment(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	if _, err := New(t.Context(), "", nothing); !errors.Is(err, ErrNoAccess) || err.Error() == ErrNoAccess.Error() {
		t.Errorf("without credentials: %v, and not why", err)
	}
}

// What is not AWS is no reason to panic.
func FuzzRead(f *testing.F) {
	f.Add(200, []byte("<a><name>b</name></a>"))
	f.Add(400, []byte("<Response><Errors><Error><Code>x</Code></Error></Errors></Response>"))
	f.Add(200, []byte("<a><b>"))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		var out struct {
			XMLName xml.Name
			Name    string `xml:"name"`
		}
		err := readXML(EC2, status, body, &out)
		if err == nil && (status != http.StatusOK || out.XMLName.Local == "") || err != nil && err.Error() == "" {
			t.Errorf("%+v, %v", out, err)
		}
	})
}
