package vpcendpoint

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"reflect"
	"strings"
	"testing"

	"usher/cmd/doctor/internal/awsapi"
)

const id = "vpce-0123456789abcdef0"

// answer is EC2's, as its documentation shows it
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpoints.html).
const answer = `<DescribeVpcEndpointsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId><vpcEndpointSet><item>
	<vpcEndpointId>` + id + `</vpcEndpointId><vpcEndpointType>Interface</vpcEndpointType><serviceName>com.amazonaws.eu-central-1.execute-api</serviceName>
	<state>available</state><privateDnsEnabled>true</privateDnsEnabled><tagSet><item><key>aws:cloudformation:stack-name</key><value>usher</value></item></tagSet>
	</item></vpcEndpointSet></DescribeVpcEndpointsResponse>`

// asking returns a client of a server that answers everything alike, and what it was asked.
func asking(t *testing.T, status int, body string) (*awsapi.Client, *url.Values) {
	t.Helper()
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_SESSION_TOKEN": "",
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull, "AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(name, value)
	}
	asked := new(url.Values)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request, _ := io.ReadAll(r.Body)
		*asked, _ = url.ParseQuery(string(request))
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	client, err := awsapi.New(t.Context(), "eu-central-1", func(name string) string {
		return map[string]string{"AWS_ENDPOINT_URL_EC2": server.URL}[name]
	})
	if err != nil {
		t.Fatal(err)
	}
	return client, asked
}

var endpoint = Endpoint{
	ID: id, Service: "com.amazonaws.eu-central-1.execute-api", Type: "Interface", State: "available", PrivateDNS: true,
	Tags: []Tag{{"aws:cloudformation:stack-name", "usher"}},
}

func TestDescribe(t *testing.T) {
	client, asked := asking(t, 200, answer)
	if got, err := Describe(t.Context(), client, id); err != nil || !reflect.DeepEqual(got, endpoint) {
		t.Errorf("%+v, %v", got, err)
	}
	if asked.Get("Action") != "DescribeVpcEndpoints" || asked.Get("VpcEndpointId.1") != id {
		t.Errorf("it asks for %s", asked)
	}
	client, _ = asking(t, 200, strings.ReplaceAll(answer, id, "vpce-0123456789abcdef1"))
	if got, err := Describe(t.Context(), client, id); awsapi.Code(err) != NotFound {
		t.Errorf("of another: %+v, %v", got, err)
	}
	client, _ = asking(t, 400, `<Response><Errors><Error><Code>InvalidVpcEndpointId.NotFound</Code></Error></Errors></Response>`)
	if got, err := Describe(t.Context(), client, id); awsapi.Code(err) != NotFound {
		t.Errorf("of none: %+v, %v", got, err)
	}
}

func TestOf(t *testing.T) {
	client, asked := asking(t, 200, answer)
	if got, err := Of(t.Context(), client, "vpc-1", endpoint.Service); err != nil || !reflect.DeepEqual(got, []Endpoint{endpoint}) {
		t.Errorf("%+v, %v", got, err)
	}
	if asked.Get("Filter.1.Value.1") != "vpc-1" || asked.Get("Filter.2.Value.1") != endpoint.Service {
		t.Errorf("it asks for %s", asked)
	}
}
