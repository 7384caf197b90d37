package api

import (
	"slices"
	"strings"
	"testing"

	"usher/internal/permission"
	"usher/localtenant"
	"usher/test/contract"
)

// seldom are scopes that no usual request needs.
var seldom = []string{
	"UsherSignIn read:clients",     // beside the route's own, to list an application's connections
	"UsherManage read:connections", // to tell what the policy asks where a password is refused
	"UsherBulk read:connections",   // likewise
}

// The scopes that the table gives a group are enough for its operations, and
// none of them is for nothing.
func TestScopesOfPermissions(t *testing.T) {
	operations := map[string]contract.Operation{}
	for _, op := range contract.Load(t).Operations() {
		operations[op.ID] = op
	}
	used := map[permission.Name][]string{} // group → the provider's routes that it calls
	for _, tt := range slices.Concat(costs...) {
		op := operations[tt.operation]
		group, ok := permission.Named(permission.Name(strings.Fields(op.Permission)[0]))
		if !ok {
			t.Fatalf("%s has no permission", op.ID)
		}
		t.Run(op.Permission+" "+tt.operation+" "+tt.name, func(t *testing.T) {
			s := start(t, ways[0])
			s.calm(t)
			target, body, headers := tt.prepare(t, s)
			s.tenant.Tenant.SetScopes(group.Needs...)
			s.tenant.Tenant.ResetStats()
			cold := s.container(t, ways[0]) // its token has no other scopes
			if got := cold.as(t, op.Method, target, body, headers...); got.status >= 400 {
				t.Errorf("%v are not enough: %d %s", group.Needs, got.status, got.body)
			}
			cold.work(t) // a job has the scopes of its start
			for route := range s.tenant.Tenant.Stats().Routes {
				used[group.Name] = append(used[group.Name], route)
			}
		})
	}
	routes := start(t, ways[0]).tenant.Tenant.Routes()
	for _, group := range permission.All() {
		for _, scope := range group.Needs {
			needs := slices.ContainsFunc(routes, func(r localtenant.Route) bool {
				return slices.Contains(r.Scopes, scope) && slices.Contains(used[group.Name], r.Pattern)
			})
			if !needs && !slices.Contains(seldom, string(group.Name)+" "+scope) {
				t.Errorf("%s: nothing needs %s", group.Name, scope)
			}
		}
	}
}
