package roles_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api/apitest"
	"usher/internal/roles"
)

func TestRemoveUserRoles(t *testing.T) {
	change := func(ids string) []string { return []string{"of u|1", "change u|1 -[" + ids + "] +[]"} }
	held := []string{"of u|1"}
	both := []string{"of u|1", "all"}
	tests := map[string]struct {
		held  []roles.Role
		query string
		want  string
		asked []string
	}{
		"all":                       {[]roles.Role{editor, admin}, "", "204", change("rol_2 rol_1")},
		"an id before a held name":  {[]roles.Role{{ID: "rol_7", Name: "rol_1"}}, "?role=rol_1", "204", both},
		"a held name like an id":    {[]roles.Role{{ID: "rol_7", Name: "rol_x"}}, "?role=rol_x", "204", []string{"of u|1", "all", "change u|1 -[rol_7] +[]"}},
		"all of none":               {nil, "", "204", held},
		"one by name":               {[]roles.Role{editor, admin}, "?role=admin", "204", change("rol_1")},
		"one by id":                 {[]roles.Role{editor, admin}, "?role=rol_1", "204", change("rol_1")},
		"one that no longer exists": {[]roles.Role{{ID: "rol_9", Name: "a&b"}}, "?role=a%26b", "204", change("rol_9")},
		"one that the user has not": {[]roles.Role{editor}, "?role=admin", "204", both},
		"one of two of a name":      {[]roles.Role{reader, twin}, "?role=rol_4", "204", change("rol_4")},
		"no role":                   {[]roles.Role{editor}, "?role=Editor", "422 unknown-roles role", both},
		"the name of two":           {[]roles.Role{reader, twin}, "?role=reader", "422 unknown-roles role", both},
		"the name of two, not held": {nil, "?role=reader", "422 unknown-roles role", both},
		"the longest name":          {nil, "?role=" + strings.Repeat("x", 256), "422 unknown-roles role", both},
		"a name too long":           {nil, "?role=" + strings.Repeat("x", 257), "400 invalid-request role", nil},
		"an empty name":             {nil, "?role=", "400 invalid-request role", nil},
		"two names":                 {nil, "?role=admin&role=editor", "400 invalid-request role", nil},
		"a name and something else": {nil, "?role=admin&force=true", "400 invalid-request force", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p, op := &provider{all: every, held: tt.held}, operations["remove"]
			op.target += tt.query
			if diff := cmp.Diff(tt.want, apitest.Response(t, op.do(apitest.Unlimited, p, "u%7C1"))); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.asked, p.asked); diff != "" {
				t.Errorf("the provider was asked:\n%s", diff)
			}
		})
	}
}
