package localtenant_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"usher/localtenant/description"
	"usher/localtenant/tenanttest"
)

const document = "../docs/local-tenant.md"

var update = flag.Bool("update", false, "write the coverage table into the documentation")

// simplified returns, by route, what it does less than a real tenant.
func simplified() map[string]string {
	return map[string]string{
		"GET /api/v2/users":                                                       "no relevance order; `primary_order` is ignored",
		"POST /api/v2/users":                                                      "database and passwordless connections only",
		"GET /api/v2/connections/{id}":                                            "not in the description; reading only",
		"GET /api/v2/clients/{id}":                                                "not in the description; the sign-in settings only",
		"GET /api/v2/guardian/factors":                                            "not in the description",
		"GET /api/v2/actions/actions":                                             "not in the description; the one of `deploy/auth0`",
		"GET /api/v2/actions/triggers/{triggerId}/bindings":                       "not in the description; as above",
		"GET /api/v2/resource-servers/{id}":                                       "not in the description; reading only, by the audience",
		"PATCH /api/v2/clients/{id}":                                              "not in the description; `client_secret` only",
		"GET /api/v2/clients/{id}/connections":                                    "not in the description; also needs `read:clients` or `read:client_summary`",
		"POST /api/v2/users/{id}/identities":                                      "an account with linked identities is refused; a real tenant is said to accept them all",
		"POST /api/v2/jobs/verification-email":                                    "the mail is in the outbox; the job is completed when it is read",
		"POST /api/v2/jobs/users-imports":                                         "hashes with the digests `whirlpool` and `mdc2` match no password",
		"DELETE /api/v2/users/{id}/multifactor/{provider}":                        "no Duo data is stored",
		"POST /api/v2/users/{id}/multifactor/actions/invalidate-remember-browser": "no browser is ever remembered",
		"GET /api/v2/users/{id}/logs":                                             "events on the pages; no token exchanges",
		"POST /api/v2/guardian/enrollments/ticket":                                "the page always enrols an authenticator app",
		"GET /authorize":                                                          "code flow, query response mode",
		"POST /oauth/token":                                                       "authorization code, refresh token, client credentials",
		"GET /oidc/logout":                                                        "does not ask the user",
		"POST /dbconnections/change_password":                                     "the mail is in the outbox",
		"GET /u/social":                                                           "replaces the provider's own pages",
		"DELETE /api/v2/users/{user_id}/sessions":                                 "done at once",
		"POST /api/v2/tickets/password-change":                                    "a `client_id` leads to no page of the application",
	}
}

func coverageTable(t *testing.T) string {
	t.Helper()
	api, err := description.Load()
	if err != nil {
		t.Fatal(err)
	}
	described := map[string]description.Operation{}
	for path, methods := range api.Paths {
		for method, op := range methods {
			described[strings.ToUpper(method)+" /api/v2"+path] = op
		}
	}
	var b strings.Builder
	b.WriteString("| route | scopes (any of) | statuses | simplified |\n|---|---|---|---|\n")
	notes := simplified()
	for _, r := range tenanttest.Start(t, empty).Tenant.Routes() {
		if strings.Contains(r.Pattern, "/_tenant/") {
			continue
		}
		statuses := ""
		if op, ok := described[r.Pattern]; ok {
			statuses = strings.Join(slices.Sorted(maps.Keys(op.Responses)), " ")
			delete(described, r.Pattern)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", r.Pattern, strings.Join(r.Scopes, ", "), statuses, notes[r.Pattern])
		delete(notes, r.Pattern)
	}
	for _, pattern := range slices.Sorted(maps.Keys(described)) {
		fmt.Fprintf(&b, "| `%s` | | | **not served** |\n", pattern)
	}
	if len(notes) > 0 {
		t.Errorf("notes on routes that are not there: %v", notes)
	}
	return b.String()
}

func TestCoverageTable(t *testing.T) { wantTable(t, "coverage", coverageTable(t)) }

// wantTable compares a part of the documentation with what is generated, or writes it.
func wantTable(t *testing.T, name, want string) {
	t.Helper()
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	begins, ends := "<!-- "+name+" begin", "<!-- "+name+" end"
	head, rest, ok := strings.Cut(string(text), begins)
	marker, rest, ok2 := strings.Cut(rest, "\n")
	table, tail, ok3 := strings.Cut(rest, ends)
	if !ok || !ok2 || !ok3 {
		t.Fatalf("the documentation has no place for the table of %s", name)
	}
	if *update {
		if err := os.WriteFile(document, []byte(head+begins+marker+"\n"+want+ends+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if table != want {
		t.Errorf("the table of %s is out of date: run go test ./localtenant -run %s -update", name, t.Name())
	}
}
