//go:build moto

package doctor

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"usher/cmd/doctor/internal/awsapi"
	"usher/cmd/doctor/internal/samconfig"
	"usher/test/testkit/moto"
)

// answer is a response in place of moto's.
type answer struct {
	status int
	body   string
}

func refusal(code string) answer { return answer{403, refusedBy(code)} }

// cloud is moto in which a deployment finds what it needs. moto does not know the two calls that
// answer the rest; Lambda's answer is as AWS documents it
// (https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html).
type cloud struct {
	url       string
	answers   map[string]answer // by action, or by path
	aws       *awsapi.Client
	secrets   *secretsmanager.Client
	vpc       string
	subnets   []string // in the zones a, b, b
	otherVPCs string   // a subnet of another VPC
	role      string
	secret    string
}

const goodSecret = `{"domain":"tenant.eu.auth0.com","client_id":"a","client_secret":"b"}`

func settingsOfLambda(all, unreserved string) answer {
	return answer{200, `{"AccountLimit":{"ConcurrentExecutions":` + all + `,"UnreservedConcurrentExecutions":` + unreserved + `},"AccountUsage":{"FunctionCount":0}}`}
}

const lambdaPath = "/2016-08-19/account-settings"

func newCloud(t *testing.T) *cloud {
	t.Helper()
	at, secrets := moto.Start(t)
	target, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	c := &cloud{secrets: secrets, answers: map[string]answer{
		lambdaPath:     settingsOfLambda("1000", "1000"),
		"DescribeType": {200, "<DescribeTypeResponse/>"},
	}}
	proxy := httputil.NewSingleHostReverseProxy(target)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		form, _ := url.ParseQuery(string(body))
		for _, name := range []string{form.Get("Action"), form.Get("Attribute"), r.URL.Path, r.Header.Get("X-Amz-Target")} {
			if a, ok := c.answers[name]; ok {
				w.WriteHeader(a.status)
				_, _ = io.WriteString(w, a.body)
				return
			}
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	c.url = server.URL
	if c.aws, err = awsapi.New(t.Context(), "eu-central-1", c.getenv); err != nil {
		t.Fatal(err)
	}
	c.vpc = c.newVPC(t)
	for i, zone := range []string{"a", "b", "b"} {
		c.subnets = append(c.subnets, c.newSubnet(t, c.vpc, zone, i))
	}
	c.otherVPCs = c.newSubnet(t, c.newVPC(t), "b", 0)
	for _, attribute := range []string{"EnableDnsSupport.Value", "EnableDnsHostnames.Value"} {
		c.set(t, attribute, "true")
	}
	var made struct {
		ARN string `xml:"CreateRoleResult>Role>Arn"`
	}
	if err := c.aws.Query(t.Context(), awsapi.IAM, "CreateRole", url.Values{"RoleName": {"shop"}, "AssumeRolePolicyDocument": {"{}"}}, &made); err != nil {
		t.Fatal(err)
	}
	c.role = made.ARN
	c.logsTo(t, c.role)
	c.secret = c.store(t, "usher/credentials", goodSecret)
	return c
}

func (c *cloud) getenv(name string) string {
	return map[string]string{"AWS_ENDPOINT_URL": c.url}[name]
}

func (c *cloud) newVPC(t *testing.T) string {
	t.Helper()
	return ask(t, c.url, "CreateVpc", "vpcId", url.Values{"CidrBlock": {"10.0.0.0/16"}})
}

func (c *cloud) newSubnet(t *testing.T, vpc, zone string, number int) string {
	t.Helper()
	return ask(t, c.url, "CreateSubnet", "subnetId", url.Values{
		"VpcId": {vpc}, "CidrBlock": {"10.0." + string(rune('0'+number)) + ".0/24"}, "AvailabilityZone": {"eu-central-1" + zone},
	})
}

func (c *cloud) newEndpoint(t *testing.T, dns string) string {
	t.Helper()
	return ask(t, c.url, "CreateVpcEndpoint", "vpcEndpointId", url.Values{
		"VpcId": {c.vpc}, "ServiceName": {"com.amazonaws.eu-central-1.execute-api"}, "VpcEndpointType": {"Interface"}, "PrivateDnsEnabled": {dns},
	})
}

func (c *cloud) deleteEndpoint(t *testing.T, id string) {
	t.Helper()
	ask(t, c.url, "DeleteVpcEndpoints", "requestId", url.Values{"VpcEndpointId.1": {id}})
}

// set sets an attribute of the VPC.
func (c *cloud) set(t *testing.T, attribute, value string) {
	t.Helper()
	ask(t, c.url, "ModifyVpcAttribute", "requestId", url.Values{"VpcId": {c.vpc}, attribute: {value}})
}

// logsTo sets the gateway's role for logs.
func (c *cloud) logsTo(t *testing.T, role string) {
	t.Helper()
	body := `{"patchOperations":[{"op":"replace","path":"/cloudwatchRoleArn","value":"` + role + `"}]}`
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, c.url+"/account", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/apigateway/aws4_request, SignedHeaders=host, Signature=x")
	resp, err := http.DefaultClient.Do(r)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp, err)
	}
	_ = resp.Body.Close()
}

func (c *cloud) store(t *testing.T, name, text string) string {
	t.Helper()
	made, err := c.secrets.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: &name, SecretString: &text})
	if err != nil {
		t.Fatal(err)
	}
	return *made.ARN
}

// examine examines the account for a good deployment with changed parameters.
func (c *cloud) examine(t *testing.T, changed map[string]string) []Result {
	t.Helper()
	a := samconfig.Answers{Region: "eu-central-1", Stack: "usher", Parameters: map[string]string{
		"SecretArn": c.secret, "ReadSecretArn": c.secret, "VpcId": c.vpc, "SubnetIds": c.subnets[0] + "," + c.subnets[1], "EndpointPrivateDns": "true",
		"FrontendPrincipals": c.role, "SignInProvisionedConcurrency": "5", "ThrottlingBurst": "100",
	}}
	maps.Copy(a.Parameters, changed)
	results, err := ExamineAccount(t.Context(), a, Instruments{Getenv: c.getenv})
	if err != nil {
		t.Fatal(err)
	}
	return results
}

// All share one account, since moto takes seconds to start.
func TestAccounts(t *testing.T) {
	c := newCloud(t)
	t.Run("all is right", c.isAllRight)
	t.Run("the stack itself", c.hasTheStack)
	t.Run("breakages", c.breaks)
	t.Run("changes", c.changes)
}

func (c *cloud) isAllRight(t *testing.T) {
	for _, r := range c.examine(t, nil) {
		if r.Outcome != OK && r.ID != "vpc-endpoint" {
			t.Errorf("%+v", r)
		}
	}
	existing := c.newEndpoint(t, "true")
	defer c.deleteEndpoint(t, existing)
	results := c.examine(t, map[string]string{"VpcId": "", "SubnetIds": "", "VpcEndpointIds": existing})
	for _, r := range results {
		if r.Outcome != OK && !strings.HasSuffix(r.Finding, " is empty") {
			t.Errorf("with an existing endpoint: %+v", r)
		}
	}
}

// hasTheStack: the second deployment of a stack finds the endpoint of the first.
func (c *cloud) hasTheStack(t *testing.T) {
	defer delete(c.answers, "DescribeVpcEndpoints")
	for stack, want := range map[string]Outcome{"usher": OK, "usher-next": Wrong} {
		c.answers["DescribeVpcEndpoints"] = answer{200, `<R><vpcEndpointSet><item><vpcEndpointId>vpce-1</vpcEndpointId><state>available</state><privateDnsEnabled>true</privateDnsEnabled>` +
			`<tagSet><item><key>aws:cloudformation:stack-name</key><value>` + stack + `</value></item></tagSet></item></vpcEndpointSet></R>`}
		if r := resultOf(t, c.examine(t, nil), "private-dns"); r.Outcome != want {
			t.Errorf("of %s: %+v", stack, r)
		}
	}
}

// breaks: each breakage is the only thing that is not right.
func (c *cloud) breaks(t *testing.T) {
	type breakage struct {
		changed map[string]string
		answers map[string]answer
		id      string
		outcome Outcome
		says    string
	}
	param := func(name, value string) map[string]string { return map[string]string{name: value} }
	instead := func(action string, a answer) map[string]answer { return map[string]answer{action: a} }
	tests := map[string]breakage{
		"two subnets in a zone":   {param("SubnetIds", strings.Join(c.subnets, ",")), nil, "subnets", Wrong, "are both in eu-central-1b"},
		"a subnet of another VPC": {param("SubnetIds", c.subnets[0]+","+c.otherVPCs), nil, "subnets", Wrong, c.otherVPCs + " is in vpc-"},
		"no such subnet":          {param("SubnetIds", "subnet-0123456789abcdef0"), nil, "subnets", Wrong, "not all of subnet-0123456789abcdef0 are in this account"},
		"one subnet":              {param("SubnetIds", c.subnets[0]), nil, "subnets", Warning, "the only one"},
		"a zone without the service": {nil, instead("DescribeVpcEndpointServices", answer{200, `<R><serviceDetailSet><item><availabilityZoneSet><item>eu-central-1a</item></availabilityZoneSet></item></serviceDetailSet></R>`}),
			"zones", Wrong, "eu-central-1b has no service execute-api"},
		"a region without the service": {nil, instead("DescribeVpcEndpointServices", answer{400, refusedBy("InvalidServiceName")}), "zones", Wrong, "the region has no service"},
		"no DNS":                       {nil, instead("enableDnsSupport", answer{200, `<R><enableDnsSupport><value>false</value></enableDnsSupport></R>`}), "vpc-dns", Wrong, "enableDnsSupport of vpc-"},
		"no host names":                {nil, instead("enableDnsHostnames", answer{200, `<R><enableDnsHostnames><value>false</value></enableDnsHostnames></R>`}), "vpc-dns", Wrong, "enableDnsHostnames of vpc-"},
		"10 executions":                {param("SignInProvisionedConcurrency", "1"), map[string]answer{lambdaPath: settingsOfLambda("10", "10")}, "concurrency", Wrong, "needs 3 concurrent executions"},
		"10 executions, none kept":     {param("SignInProvisionedConcurrency", "0"), map[string]answer{lambdaPath: settingsOfLambda("10", "10")}, "concurrency", Warning, "10 concurrent executions"},
		"too few for the warm":         {nil, map[string]answer{lambdaPath: settingsOfLambda("1000", "114")}, "concurrency", Wrong, "only 14 are free"},
		"a secret elsewhere":           {param("SecretArn", strings.ReplaceAll(c.secret, "eu-central-1", "eu-west-1")), nil, "stack-secret", Wrong, "is in eu-west-1"},
		"no such secret":               {param("SecretArn", strings.ReplaceAll(c.secret, "credentials", "none")), nil, "stack-secret", Wrong, "there is no secret"},
		"half a secret":                {param("ReadSecretArn", c.store(t, "usher/half", `{"domain":"tenant.eu.auth0.com"}`)), nil, "stack-read-secret", Wrong, "client_id"},
		"a secret that is no JSON":     {param("SecretArn", c.store(t, "usher/text", "s3cr3t")), nil, "stack-secret", Wrong, "not a JSON object"},
		"no role of FrontendPrincipals": {param("FrontendPrincipals", c.role+","+strings.ReplaceAll(c.role, "shop", "desk")), nil,
			"front-end-roles", Wrong, "there is no role " + strings.ReplaceAll(c.role, "shop", "desk")},
		"a role at another path": {param("FrontendPrincipals", strings.ReplaceAll(c.role, "role/shop", "role/teams/shop")), nil,
			"front-end-roles", Wrong, "role/teams/shop, but " + c.role},
		"a role elsewhere": {param("FrontendPrincipals", "arn:aws:iam::210987654321:role/shop"), nil,
			"front-end-roles", NotChecked, "in another account"},
		"a region without private domains": {nil, instead("DescribeType", answer{404, `<ErrorResponse><Error><Code>TypeNotFoundException</Code></Error></ErrorResponse>`}),
			"resource-types", Wrong, "eu-central-1 has no AWS::ApiGateway::DomainNameV2"},
		"no right to EC2's subnets": {nil, instead("DescribeSubnets", refusal("UnauthorizedOperation")), "subnets", NotChecked, "it needs ec2:DescribeSubnets"},
		"no right to Lambda":        {nil, instead(lambdaPath, answer{403, `{"__type":"AccessDeniedException"}`}), "concurrency", NotChecked, "it needs lambda:GetAccountSettings"},
		"no right to the secret":    {nil, instead("secretsmanager.GetSecretValue", answer{400, `{"__type":"AccessDeniedException"}`}), "stack-secret", NotChecked, "it needs secretsmanager:GetSecretValue"},
		"no right to IAM":           {nil, instead("GetRole", answer{403, `<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>`}), "front-end-roles", NotChecked, "it needs iam:GetRole"},
		"no right to the types":     {nil, instead("DescribeType", answer{403, `<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>`}), "resource-types", NotChecked, "it needs cloudformation:DescribeType"},
		"no right to the gateway":   {nil, instead("/account", answer{403, `{"__type":"AccessDeniedException"}`}), "log-role", NotChecked, "it needs apigateway:GET"},
		"no secret named":           {map[string]string{"SecretArn": "", "FrontendPrincipals": ""}, nil, "answers", Wrong, "SecretArn is empty"},
		"two ways in":               {param("VpcEndpointIds", c.newEndpoint(t, "false")), nil, "answers", Wrong, "a new one"},
	}
	also := map[string][]string{ // what follows from the same fact
		"no such subnet":            {"zones"},
		"no right to EC2's subnets": {"zones"},
		"no right to the secret":    {"stack-read-secret"},
		"two ways in":               {"vpc-endpoint"}, // it has no private DNS
		"no secret named":           {"stack-secret", "front-end-roles"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { c.check(t, tt.changed, tt.answers, tt.id, tt.outcome, tt.says, also[name]) })
	}
}

// check makes the checks with other answers, and expects one outcome that is not OK.
func (c *cloud) check(t *testing.T, changed map[string]string, answers map[string]answer, id string, outcome Outcome, says string, also []string) {
	t.Helper()
	before := maps.Clone(c.answers)
	defer func() { c.answers = before }()
	c.answers = maps.Clone(before)
	maps.Copy(c.answers, answers)
	for _, r := range c.examine(t, changed) {
		switch {
		case r.ID == id:
			if r.Outcome != outcome || !strings.Contains(r.Finding, says) || r.Advice == "" {
				t.Errorf("%+v", r)
			}
		case r.Outcome != OK && !strings.HasSuffix(r.Finding, "is empty") && !strings.Contains(strings.Join(also, " "), r.ID):
			t.Errorf("also %+v", r)
		}
	}
}

// changes breaks moto's account itself.
func (c *cloud) changes(t *testing.T) {
	c.set(t, "EnableDnsHostnames.Value", "false")
	c.check(t, nil, nil, "vpc-dns", Wrong, "enableDnsHostnames of "+c.vpc+" is off, and EndpointPrivateDns", nil)
	c.check(t, map[string]string{"EndpointPrivateDns": "false"}, nil, "vpc-dns", Warning, "private names do not work", []string{"private-dns"})
	c.set(t, "EnableDnsHostnames.Value", "true")
	c.logsTo(t, strings.ReplaceAll(c.role, "shop", "gone"))
	c.check(t, nil, nil, "log-role", Wrong, "does not exist", nil)
	c.logsTo(t, "")
	c.check(t, nil, nil, "log-role", Wrong, "has no role for logs", nil)
	c.logsTo(t, c.role)
	other := c.newEndpoint(t, "true")
	c.check(t, nil, nil, "private-dns", Wrong, "the VPC has "+other, nil)
	c.deleteEndpoint(t, other)
	if _, err := c.secrets.DeleteSecret(t.Context(), &secretsmanager.DeleteSecretInput{SecretId: &c.secret}); err != nil {
		t.Fatal(err)
	}
	c.check(t, nil, nil, "stack-secret", Wrong, "is scheduled for deletion", []string{"stack-read-secret"})
}
