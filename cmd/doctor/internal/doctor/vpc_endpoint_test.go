package doctor

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"usher/internal/secrets/secretstest"
)

const (
	endpoint = "vpce-0123456789abcdef0"
	ec2      = "AWS_ENDPOINT_URL_EC2"
)

// described is EC2's answer about endpoint.
func described(service, kind, state string, privateDNS bool) string {
	return fmt.Sprintf(`<DescribeVpcEndpointsResponse><vpcEndpointSet><item><vpcEndpointId>%s</vpcEndpointId><vpcEndpointType>%s</vpcEndpointType>`+
		`<serviceName>com.amazonaws.eu-central-1.%s</serviceName><state>%s</state><privateDnsEnabled>%t</privateDnsEnabled></item></vpcEndpointSet></DescribeVpcEndpointsResponse>`,
		endpoint, kind, service, state, privateDNS)
}

func refusedBy(code string) string {
	return `<Response><Errors><Error><Code>` + code + `</Code></Error></Errors></Response>`
}

func TestVPCEndpoints(t *testing.T) {
	tests := map[string]struct {
		ids     []string
		status  int
		answer  string
		outcome Outcome
		says    string
	}{
		"none named":         {nil, 200, "", NotChecked, "no endpoint was named"},
		"all is well":        {[]string{endpoint}, 200, described("execute-api", "Interface", "available", true), OK, "available, for execute-api"},
		"not an id":          {[]string{"vpc-1234"}, 200, "", Wrong, `"vpc-1234" is no id`},
		"one of two is none": {[]string{endpoint, "x"}, 200, described("execute-api", "Interface", "available", true), Wrong, `"x" is no id`},
		"not there":          {[]string{endpoint}, 400, refusedBy("InvalidVpcEndpointId.NotFound"), Wrong, "there is no VPC endpoint " + endpoint},
		"another service":    {[]string{endpoint}, 200, described("s3", "Interface", "available", true), Wrong, "for com.amazonaws.eu-central-1.s3"},
		"another type":       {[]string{endpoint}, 200, described("execute-api", "Gateway", "available", true), Wrong, "of type Gateway"},
		"not available":      {[]string{endpoint}, 200, described("execute-api", "Interface", "pendingAcceptance", true), Wrong, "it is pendingAcceptance"},
		"no private DNS":     {[]string{endpoint}, 200, described("execute-api", "Interface", "available", false), Warning, "no private DNS"},
		"no right to look":   {[]string{endpoint}, 403, refusedBy("UnauthorizedOperation"), NotChecked, "may not ask EC2"},
		"EC2 is down":        {[]string{endpoint}, 503, "", NotChecked, "no usable answer"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(tt.status)
				_, _ = w.Write([]byte(tt.answer))
			}))
			t.Cleanup(server.Close)
			c := open(t)
			secretstest.Start(t, "", time.Now) // for the environment
			c.patient.Endpoints = tt.ids
			c.with.Getenv = func(name string) string { return map[string]string{ec2: server.URL}[name] }
			results := Examine(t.Context(), c.patient, c.with)
			want := map[string]Outcome{}
			if tt.outcome != NotChecked {
				want["vpc-endpoint"] = tt.outcome
			}
			compareOutcomes(t, results, want)
			if r := resultOf(t, results, "vpc-endpoint"); !strings.Contains(r.Finding, tt.says) || (r.Advice == "") != (tt.outcome == OK || name == "EC2 is down") {
				t.Errorf("%+v", r)
			}
		})
	}
	t.Run("nobody to ask with", func(t *testing.T) {
		c := open(t)
		secretstest.Start(t, "", time.Now)
		t.Setenv("AWS_REGION", "")
		c.patient.Endpoints = []string{endpoint}
		if r := resultOf(t, Examine(t.Context(), c.patient, c.with), "vpc-endpoint"); r.Outcome != NotChecked || !strings.Contains(r.Advice, "AWS_REGION") {
			t.Errorf("%+v", r)
		}
	})
}
