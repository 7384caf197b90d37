package api

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"usher/internal/contract"
)

// ofASignIn are the operations with GET that speak for the sign-in application,
// and so keep the secret that has it.
var ofASignIn = []string{"login", "callback", "logout", "listconnections"}

// readingScopes are those that docs/keys.md gives to an application for reading.
func readingScopes(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../../docs/keys.md")
	if err != nil {
		t.Fatal(err)
	}
	_, list, ok := strings.Cut(string(text), "with `read:…` scopes alone,")
	list, _, _ = strings.Cut(list, ".\n")
	scopes := regexp.MustCompile(`read:[a-z_]+`).FindAllString(list, -1)
	if !ok || len(scopes) == 0 {
		t.Fatal("docs/keys.md lists no scopes for reading")
	}
	return scopes
}

// The functions that only read may be given an application that may only read:
// with the scopes that are documented, each of them works, and none that writes.
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
					t.Errorf("a scope is missing in docs/keys.md: %s", s.log)
				}
			case slices.Contains([]string{"updateuser", "createuser", "blockuser", "endsessions"}, op.Function):
				if got := s.as(t, op.Method, target, body); got.code(t) != refused {
					t.Errorf("it can write: %d %s", got.status, got.body)
				}
			}
		})
	}
}
