package roles_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api"
	"usher/internal/api/apitest"
	"usher/internal/problem"
	"usher/internal/roles"
)

func TestLists(t *testing.T) {
	const sorted = `200 {"roles":[{"id":"rol_1","name":"admin","description":"All & more"},{"id":"rol_2","name":"editor"},{"id":"rol_3","name":"reader"},{"id":"rol_4","name":"reader"}]}`
	tests := map[string]struct {
		operation operation
		found     []roles.Role
		want      string
		asked     string
	}{
		"all":            {list, every, sorted, "all"},
		"there are none": {list, nil, `200 {"roles":[]}`, "all"},
		"a user's":       {operations["get"], every, sorted, "of samlp|x|a/b@c"},
		"the user's one": {operations["get"], []roles.Role{editor}, `200 {"roles":[{"id":"rol_2","name":"editor"}]}`, "of samlp|x|a/b@c"},
		"the user's no":  {operations["get"], nil, `200 {"roles":[]}`, "of samlp|x|a/b@c"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := &provider{all: slices.Clone(tt.found), held: slices.Clone(tt.found)}
			if diff := cmp.Diff(tt.want, apitest.Response(t, tt.operation.do(apitest.Unlimited, p, "samlp%7Cx%7Ca%2Fb@c"))); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]string{tt.asked}, p.asked); diff != "" {
				t.Errorf("the provider was asked:\n%s", diff)
			}
			if !slices.Equal(p.all, tt.found) || !slices.Equal(p.held, tt.found) {
				t.Error("the provider's list was sorted in place")
			}
		})
	}
}

// No call follows one that fails.
func TestProviderErrors(t *testing.T) {
	all := maps.Clone(operations)
	all["list"] = list
	all["remove one"] = operation{all["remove"].of, "DELETE", "/user-roles/{user}?role=admin", "", []string{"of {user}", "all"}}
	for called, op := range all {
		for i, call := range op.calls {
			failing, _, _ := strings.Cut(call, " ")
			t.Run(called+"/"+failing, func(t *testing.T) {
				apitest.ProviderErrors(t, problem.UserNotFound, func(err error) apitest.Sent {
					p := &provider{all: every, held: []roles.Role{editor}, fails: map[string]error{failing: err}}
					sent := op.sent(apitest.Unlimited, p, "u")
					sent.Want = sent.Want[:i+1]
					return sent
				})
			})
		}
	}
}

func TestBadRequests(t *testing.T) {
	tests := map[string]struct{ user, query, want string }{
		"no id":               {"", "", "400 invalid-request path"},
		"two dots":            {"%2e%2e", "", "400 invalid-request path"},
		"two segments":        {"u/1", "", "404 no-such-route"},
		"a line break":        {"u%0A1", "", "400 invalid-request user_id"},
		"too long":            {strings.Repeat("x", 401), "", "400 invalid-request user_id"},
		"a query":             {"u", "?roles=admin", "400 invalid-request roles"},
		"an unreadable query": {"u", "?%zz", "400 invalid-request query"},
	}
	for name, tt := range tests {
		for called, op := range operations {
			t.Run(called+"/"+name, func(t *testing.T) {
				p := &provider{}
				op.target += tt.query
				if diff := cmp.Diff(tt.want, apitest.Response(t, op.do(apitest.Unlimited, p, tt.user))); diff != "" || len(p.asked) > 0 {
					t.Errorf("%s\nthe provider was asked %v", diff, p.asked)
				}
			})
		}
	}
	p := &provider{}
	if got := apitest.Response(t, operation{list.of, "GET", "/roles?role=admin", "", nil}.do(apitest.Unlimited, p, "")); got != "400 invalid-request role" || len(p.asked) > 0 {
		t.Errorf("%s, and the provider was asked %v", got, p.asked)
	}
}

func TestCallers(t *testing.T) {
	for called, op := range operations {
		t.Run(called, func(t *testing.T) {
			apitest.Callers(t, "usher:roles", func(s api.Server, user string) apitest.Sent {
				return op.sent(s, &provider{all: every, held: []roles.Role{editor}}, user)
			})
		})
	}
}

// All roles are the same for every front-end with the permission.
func TestCallersOfList(t *testing.T) {
	for name, tt := range map[string]struct {
		server api.Server
		asked  int
	}{
		"a limited front-end":            {apitest.Limited(t), 1},
		"a token with the scope":         {apitest.WithToken("usher:roles"), 1},
		"a token with other scopes only": {apitest.WithToken("usher:read"), 0},
	} {
		p := &provider{}
		if w := list.do(tt.server, p, ""); len(p.asked) != tt.asked || (w.Code == 200) != (tt.asked == 1) {
			t.Errorf("%s: %d %s, and the provider was asked %v", name, w.Code, w.Body, p.asked)
		}
	}
}
