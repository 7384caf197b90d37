package vpcendpoint

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
)

const id = "vpce-0123456789abcdef0"

// answer is EC2's, as its documentation shows it
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpoints.html).
const answer = `<DescribeVpcEndpointsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId><vpcEndpointSet><item>
	<vpcEndpointId>` + id + `</vpcEndpointId><vpcEndpointType>Interface</vpcEndpointType><serviceName>com.amazonaws.eu-central-1.execute-api</serviceName>
	<state>available</state><privateDnsEnabled>true</privateDnsEnabled></item></vpcEndpointSet></DescribeVpcEndpointsResponse>`

func failure(code string) string {
	return `<?xml version="1.0"?><Response><Errors><Error><Code>` + code + `</Code><Message>m</Message></Error></Errors></Response>`
}

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

func TestDescribe(t *testing.T) {
	environment(t)
	tests := map[string]struct {
		status int
		body   string
		code   string // of the error; "" for none
	}{
		"found":          {200, answer, ""},
		"another":        {200, strings.ReplaceAll(answer, id, "vpce-0123456789abcdef1"), NotFound},
		"none":           {400, failure("InvalidVpcEndpointId.NotFound"), NotFound},
		"not allowed":    {403, failure("UnauthorizedOperation"), "UnauthorizedOperation"},
		"a proxy's":      {502, "<html>", ""},
		"what is no XML": {200, "{}", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				form, _ := url.ParseQuery(string(body))
				if form.Get("Action") != "DescribeVpcEndpoints" || form.Get("VpcEndpointId.1") != id {
					t.Errorf("it asks for %s", body)
				}
				if !strings.Contains(r.Header.Get("Authorization"), "/eu-central-1/ec2/aws4_request") {
					t.Errorf("it is signed %q", r.Header.Get("Authorization"))
				}
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.body)
			}))
			defer server.Close()
			got, err := Describe(t.Context(), id, func(name string) string {
				return map[string]string{"AWS_ENDPOINT_URL_EC2": server.URL}[name]
			})
			if name == "found" {
				want := Endpoint{ID: id, Service: "com.amazonaws.eu-central-1.execute-api", Type: "Interface", State: "available", PrivateDNS: true}
				if err != nil || got != want {
					t.Errorf("%+v, %v", got, err)
				}
				return
			}
			var refused *Error
			if err == nil || errors.As(err, &refused) && refused.Code != tt.code || tt.code != "" && refused == nil {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

func TestNobodyToAsk(t *testing.T) {
	environment(t)
	t.Setenv("AWS_REGION", "")
	if _, err := Describe(t.Context(), id, func(string) string { return "" }); !errors.Is(err, ErrNoAccess) {
		t.Errorf("without a region: %v", err)
	}
	environment(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	if _, err := Describe(t.Context(), id, func(string) string { return "" }); !errors.Is(err, ErrNoAccess) || err.Error() == ErrNoAccess.Error() {
		t.Errorf("without credentials: %v, and not why", err)
	}
}

// What is not EC2 is no reason to panic, and never an endpoint.
func FuzzRead(f *testing.F) {
	f.Add(200, []byte(answer))
	f.Add(400, []byte(failure(NotFound)))
	f.Add(200, []byte("<a><b>"))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		got, err := read(status, body, id)
		if (err == nil) != (got.ID == id) || err == nil && status != http.StatusOK {
			t.Errorf("%+v, %v", got, err)
		}
	})
}
