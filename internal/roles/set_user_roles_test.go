package roles_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api/apitest"
	"usher/internal/roles"
)

func TestSetUserRoles(t *testing.T) {
	const both = `200 {"roles":[{"id":"rol_1","name":"admin","description":"All & more"},{"id":"rol_2","name":"editor"}]}`
	read := []string{"of u|1", "all"}
	then := func(change string) []string { return []string{"of u|1", "all", "change u|1 " + change} }
	tests := map[string]struct {
		held  []roles.Role
		body  string
		want  string
		asked []string
	}{
		"the first ones":             {nil, `{"roles":["editor","admin"]}`, both, then("-[] +[rol_2 rol_1]")},
		"by id and by name":          {nil, `{"roles":["rol_2","admin"]}`, both, then("-[] +[rol_2 rol_1]")},
		"one by both":                {nil, `{"roles":["editor","admin","rol_1"]}`, both, then("-[] +[rol_2 rol_1]")},
		"one more":                   {[]roles.Role{editor}, `{"roles":["editor","admin"]}`, both, then("-[] +[rol_1]")},
		"one instead of another":     {[]roles.Role{editor, reader}, `{"roles":["editor","admin"]}`, both, then("-[rol_3] +[rol_1]")},
		"the same":                   {[]roles.Role{editor, admin}, `{"roles":["admin","editor"]}`, both, read},
		"the same, described before": {[]roles.Role{editor, {ID: "rol_1", Name: "admin", Description: "Old"}}, `{"roles":["admin","editor"]}`, both, read},
		"none":                       {[]roles.Role{editor, admin}, `{"roles":[]}`, `200 {"roles":[]}`, then("-[rol_2 rol_1] +[]")},
		"none, as before":            {nil, `{"roles":[]}`, `200 {"roles":[]}`, read},
		"none instead of a lost one": {[]roles.Role{{ID: "rol_9", Name: "lost"}}, `{"roles":[]}`, `200 {"roles":[]}`, then("-[rol_9] +[]")},
		"no role":                    {[]roles.Role{editor}, `{"roles":["editor","Admin","rol_9"]}`, "422 unknown-roles roles.1 roles.2", read},
		"an ambiguous name":          {nil, `{"roles":["reader","admin"]}`, "422 unknown-roles roles.0", read},
		"a lost one by its id":       {[]roles.Role{{ID: "rol_9", Name: "lost"}}, `{"roles":["rol_9"]}`, "422 unknown-roles roles.0", read},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p, op := &provider{all: every, held: tt.held}, operations["set"]
			op.body = tt.body
			if diff := cmp.Diff(tt.want, apitest.Response(t, op.do(apitest.Unlimited, p, "u%7C1"))); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.asked, p.asked); diff != "" {
				t.Errorf("the provider was asked:\n%s", diff)
			}
		})
	}
}

func TestSetUserRolesRefuses(t *testing.T) {
	const jsonType = "application/json"
	bodyOf := func(names ...string) string {
		body, err := json.Marshal(map[string][]string{"roles": names})
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	var many []string
	for i := range roles.MaxRoles + 1 {
		many = append(many, fmt.Sprint(i))
	}
	tests := map[string]struct{ contentType, body, want string }{
		"no media type":      {"", bodyOf("admin"), "415 unsupported-media-type"},
		"no body":            {jsonType, "", "400 invalid-json"},
		"a list only":        {jsonType, `["admin"]`, "400 invalid-json"},
		"no list":            {jsonType, `{}`, "400 invalid-request roles"},
		"null":               {jsonType, `{"roles":null}`, "400 invalid-request roles"},
		"a text":             {jsonType, `{"roles":"admin"}`, "400 invalid-request roles"},
		"a number":           {jsonType, `{"roles":[1]}`, "400 invalid-request roles"},
		"a null in the list": {jsonType, `{"roles":["admin",null]}`, "400 invalid-request roles.1"},
		"an unknown member":  {jsonType, `{"roles":[],"role":"admin"}`, "400 invalid-request role"},
		"empty names":        {jsonType, bodyOf("", "admin", ""), "400 invalid-request roles.0 roles.2"},
		"a name twice":       {jsonType, bodyOf("admin", "editor", "admin"), "400 invalid-request roles.2"},
		"the last one twice": {jsonType, bodyOf(append(many[:16:16], "15")...), "400 invalid-request roles.16"},
		"too long":           {jsonType, bodyOf(strings.Repeat("x", 257)), "400 invalid-request roles.0"},
		"not UTF-8":          {jsonType, "{\"roles\":[\"\xff\"]}", "400 invalid-json"},
		"too many":           {jsonType, bodyOf(many...), "400 invalid-request roles"},
		"the most, no roles": {jsonType, bodyOf(many[1:]...), "422 unknown-roles" + fields(roles.MaxRoles)},
		"the longest":        {jsonType, bodyOf(strings.Repeat("x", 256)), "422 unknown-roles roles.0"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := &provider{}
			r := httptest.NewRequest("PUT", "/user-roles/u", strings.NewReader(tt.body))
			if tt.contentType != "" {
				r.Header.Set("Content-Type", tt.contentType)
			}
			if diff := cmp.Diff(tt.want, apitest.Response(t, operations["set"].send(apitest.Unlimited, p, r))); diff != "" {
				t.Error(diff)
			}
			if wasRead := strings.HasPrefix(tt.want, "422"); wasRead != (len(p.asked) == 2) || !wasRead && len(p.asked) > 0 {
				t.Errorf("the provider was asked %v", p.asked)
			}
		})
	}
}

func fields(n int) (all string) {
	for i := range n {
		all += fmt.Sprintf(" roles.%d", i)
	}
	return all
}
