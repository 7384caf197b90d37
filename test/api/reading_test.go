package api

import (
	"os"
	"slices"
	"testing"

	"gopkg.in/yaml.v3"

	"usher/test/contract"
)

// ofASignIn are the operations with GET that speak for the sign-in application,
// and so keep the secret that has it.
var ofASignIn = []string{"login", "callback", "logout", "listconnections"}

// readingScopes are those that deploy/auth0 grants to an application for reading.
func readingScopes(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../../deploy/auth0/reading.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var tenant struct {
		Grants []struct {
			Scope []string `yaml:"scope"`
		} `yaml:"clientGrants"`
	}
	if err := yaml.Unmarshal(text, &tenant); err != nil || len(tenant.Grants) != 1 {
		t.Fatalf("%d grants, %v", len(tenant.Grants), err)
	}
	return tenant.Grants[0].Scope
}

// The functions that only read may be given an application that may only read:
// with the scopes of its grant, each of them works, and none that writes.
func TestAnApplicationForReadingCanReadAndNoMore(t *testing.T) {
	s := start(t, ways[0])
	s.calm(t)
	s.addExampleUser()
	s.tenant.Tenant.SetScopes(readingScopes(t)...)
	const refused = "service-misconfigured"
	for _, op := range contract.Load(t).Operations() {
		t.Run(op.ID, func(t *testing.T) {
			target, body := exampleOf(t, op)
			switch {
			case op.Method == "GET" && !slices.Contains(ofASignIn, op.Function):
				got := s.as(t, op.Method, target, body)
				if got.status >= 400 && got.code(t) == refused {
					t.Errorf("a scope is missing in reading.yaml: %s", s.log)
				}
			case slices.Contains([]string{"updateuser", "createuser", "blockuser", "endsessions"}, op.Function):
				if got := s.as(t, op.Method, target, body); got.code(t) != refused {
					t.Errorf("it can write: %d %s", got.status, got.body)
				}
			}
		})
	}
}
