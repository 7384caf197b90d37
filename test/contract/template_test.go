package contract

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

// template is the part of template.yaml that the contract speaks of.
type template struct {
	Resources map[string]struct {
		Type       string     `yaml:"Type"`
		Properties properties `yaml:"Properties"`
	} `yaml:"Resources"`
}

// properties are a function's, or the Api's.
type properties struct {
	CodeURI string `yaml:"CodeUri"`
	Events  map[string]struct {
		Type       string `yaml:"Type"`
		Properties struct {
			Method string `yaml:"Method"`
			Path   string `yaml:"Path"`
		} `yaml:"Properties"`
	} `yaml:"Events"`
	GatewayResponses map[string]gatewayResponse `yaml:"GatewayResponses"`
}

type gatewayResponse struct {
	StatusCode         int `yaml:"StatusCode"`
	ResponseParameters struct {
		Headers map[string]string `yaml:"Headers"`
	} `yaml:"ResponseParameters"`
	ResponseTemplates map[string]string `yaml:"ResponseTemplates"`
}

func readTemplate(t *testing.T) template {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var read template
	if err := yaml.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	return read
}

func (tpl template) functions() []properties {
	var all []properties
	for _, resource := range tpl.Resources {
		if resource.Type == "AWS::Serverless::Function" {
			all = append(all, resource.Properties)
		}
	}
	return all
}

// name is the folder of a function's code.
func (p properties) name() string { return filepath.Base(p.CodeURI) }

// Every function's code is in functions/, and it is called by the API alone.
func TestTemplateFunctions(t *testing.T) {
	for _, f := range readTemplate(t).functions() {
		if want := "functions/" + f.name() + "/"; f.CodeURI != want {
			t.Errorf("CodeUri is %s, not %s", f.CodeURI, want)
		}
		for name, event := range f.Events {
			if event.Type != "Api" {
				t.Errorf("%s: event %s is of type %s", f.name(), name, event.Type)
			}
		}
	}
}

// response is the gateway's response, with its own request ID.
func (g gatewayResponse) response() *http.Response {
	const id = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
	header := http.Header{}
	for name, value := range g.ResponseParameters.Headers {
		header.Set(name, strings.Trim(strings.Replace(value, "context.requestId", id, 1), "'"))
	}
	body := strings.ReplaceAll(g.ResponseTemplates["application/json"], "$context.requestId", id)
	return &http.Response{StatusCode: g.StatusCode, Header: header, Body: io.NopCloser(strings.NewReader(body))}
}

// The gateway's own responses agree with the contract, which declares no others.
func TestGatewayResponsesAgree(t *testing.T) {
	c := Load(t)
	var given []string
	for kind, g := range readTemplate(t).Resources["Api"].Properties.GatewayResponses {
		response := g.response()
		if err := c.CheckGateway(response); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		code, err := checkProblem(response, body)
		if err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		given = append(given, fmt.Sprint(g.StatusCode, " ", code))
	}
	slices.Sort(given)
	if diff := cmp.Diff(declaredCodes(c.gateway), slices.Compact(given)); diff != "" {
		t.Errorf("api/openapi.yaml (-) and template.yaml (+):\n%s", diff)
	}
}

// declaredCodes lists an operation's problems: "404 user-not-found".
func declaredCodes(op Operation) []string {
	var all []string
	for status, response := range op.operation.Responses.Codes.FromOldest() {
		for _, code := range codes(response) {
			all = append(all, status+" "+code)
		}
	}
	slices.Sort(all)
	return all
}

// Every operation declares the common responses of the gateway and the service.
func TestEveryOperationDeclaresWhatAnyCanAnswer(t *testing.T) {
	common := []string{
		"400 invalid-request", "403 not-authenticated", "403 not-authenticated-or-no-such-route", "403 forbidden", "403 outside-front-ends-limits", "401 unauthorized",
		"429 throttled", "429 too-many-requests", "500 internal", "500 service-misconfigured", "502 gateway-failed", "503 service-unavailable", "504 gateway-timeout",
	}
	for _, op := range Load(t).Operations() {
		declared := declaredCodes(op)
		for _, want := range common {
			if !slices.Contains(declared, want) {
				t.Errorf("%s lacks %s", op.ID, want)
			}
		}
	}
}
