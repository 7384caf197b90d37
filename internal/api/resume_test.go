package api_test

import (
	"encoding/json"
	"testing"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
	"usher/internal/problem"
)

// A stored principal keeps its scopes. The limits are those of the resumption.
func TestResume(t *testing.T) {
	stored, err := json.Marshal(api.Principal{Caller: httpapi.Caller{ID: "c"}, ByToken: true, Scopes: []string{"usher:bulk"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := string(stored); got != `{"caller":{"id":"c"},"by_token":true,"scopes":["usher:bulk"]}` {
		t.Errorf("stored as %s", got)
	}
	var p api.Principal
	if err := json.Unmarshal(stored, &p); err != nil {
		t.Fatal(err)
	}
	server := api.Server{
		Limits:    policyOf(t, `{"unlisted":"refuse","front_ends":[{"name":"shop","client_id":"c","connections":["Customers"]}]}`),
		Directory: &directory{connections: map[string]string{"ours": "Customers", "theirs": "Employees"}},
	}
	c, err := server.Resume(p, "auth0|ada")
	if err != nil || c.Actor != "auth0|ada" || c.Caller.ID != "c" || c.Principal().Scopes[0] != "usher:bulk" {
		t.Fatalf("%+v, %v", c, err)
	}
	if err := c.CheckPermission(permission.Bulk); err != nil {
		t.Error(err)
	}
	if err := c.CheckPermission(permission.Export); !problem.Is(err, problem.Forbidden) {
		t.Errorf("another scope: %v", err)
	}
	if _, err := c.FrontEnd.CheckUser(t.Context(), "ours"); err != nil {
		t.Error(err)
	}
	if _, err := c.FrontEnd.CheckUser(t.Context(), "theirs"); !problem.Is(err, problem.OutsideFrontEndsLimits) {
		t.Errorf("another connection's user: %v", err)
	}
	server.Limits = policyOf(t, `{"unlisted":"refuse","front_ends":[{"name":"other","client_id":"d"}]}`)
	if _, err := server.Resume(p, ""); !problem.Is(err, problem.OutsideFrontEndsLimits) {
		t.Errorf("a front-end that is not listed any more: %v", err)
	}
	if _, err := (api.Server{Limits: limits.Policy{}}).Resume(api.Principal{}, ""); err != nil {
		t.Errorf("without limits: %v", err)
	}
}
