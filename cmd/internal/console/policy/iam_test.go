package policy_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"usher/cmd/internal/console/policy"
	"usher/internal/permission"
)

const api = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/live"

func TestIAM(t *testing.T) {
	p, err := policy.Parse([]byte(`{"connections":["staff"],"roles":{"a":["read"],"b":["read","sessions"]}}`))
	if err != nil {
		t.Fatal(err)
	}
	text, err := p.IAM(api)
	var document struct {
		Version   string
		Statement []struct {
			Effect, Action string
			Resource       []string
		}
	}
	if err != nil || json.Unmarshal(text, &document) != nil {
		t.Fatalf("%s %v", text, err)
	}
	var got []string
	for _, resource := range document.Statement[0].Resource {
		got = append(got, strings.TrimPrefix(resource, api+"/"))
	}
	want := []string{
		"GET/login", "GET/callback", "GET/logout", "GET/users/*", "GET/user-roles/*", "GET/users",
		"GET/sessions/*", "DELETE/sessions/*", "DELETE/sessions/*/*",
	}
	if !slices.Equal(got, want) || document.Statement[0].Effect != "Allow" || document.Statement[0].Action != "execute-api:Invoke" {
		t.Errorf("%s", text)
	}
	for _, wrong := range []string{"", "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5", "arn:aws:execute-api:*:123456789012:a/live", api + "/GET"} {
		if _, err := p.IAM(wrong); err == nil {
			t.Errorf("%q is accepted", wrong)
		}
	}
}

// The policy for everything fits IAM's limit for a managed policy, and names routes of the service.
func TestAllRoutes(t *testing.T) {
	p := policy.Default("staff")
	text, err := p.IAM(api)
	var compact strings.Builder
	for _, word := range strings.Fields(string(text)) {
		compact.WriteString(word)
	}
	if err != nil || compact.Len() > 6144 {
		t.Errorf("%d characters, %v", compact.Len(), err)
	}
	var all []string
	for _, group := range permission.All() {
		all = append(all, group.Routes...)
	}
	for _, route := range p.Routes() {
		if !slices.Contains(all, route) {
			t.Errorf("the service has no route %s", route)
		}
	}
}
