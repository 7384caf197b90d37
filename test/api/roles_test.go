package api

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"usher/localtenant"
)

var costsOfRoles = []cost{
	{"listroles", "", 1, request("/roles", "")},
	{"getuserroles", "", 1, ofRoleHolder("", "", "support")},
	{"getuserroles", "of none", 2, ofRoleHolder("", "")},
	{"setuserroles", "", 4, ofRoleHolder("", `{"roles":["admin"]}`, "support")},
	{"setuserroles", "the first ones", 4, ofRoleHolder("", `{"roles":["admin"]}`)},
	{"setuserroles", "the same ones", 2, ofRoleHolder("", `{"roles":["support"]}`, "support")},
	{"removeuserroles", "", 2, ofRoleHolder("", "", "support", "admin")},
	{"removeuserroles", "of none", 2, ofRoleHolder("", "")},
	{"removeuserroles", "one", 2, ofRoleHolder("?role=support", "", "support", "admin")},
	{"removeuserroles", "one that the user lacks", 3, ofRoleHolder("?role=support", "")},
}

// ofRoleHolder is a request about the roles of a fresh user, who has these.
func ofRoleHolder(query, body string, roles ...string) func(*testing.T, *service) (string, string, []string) {
	return func(t *testing.T, s *service) (string, string, []string) {
		id := s.addUser(localtenant.User{Email: fmt.Sprintf("u%d@example.com", s.serial.Add(1))})
		s.setRoles(t, id, roles...)
		return "/user-roles/" + url.PathEscape(id) + query, body, nil
	}
}

func (s *service) setRoles(t *testing.T, userID string, names ...string) answer {
	t.Helper()
	body := must(json.Marshal(map[string]any{"roles": append([]string{}, names...)}))
	got := s.as(t, "PUT", "/user-roles/"+url.PathEscape(userID), string(body))
	wantAnswer(t, got, 200, "")
	return got
}

// wantRoles reads the user's roles and compares their names.
func (s *service) wantRoles(t *testing.T, userID string, want ...string) {
	t.Helper()
	got := s.as(t, "GET", "/user-roles/"+url.PathEscape(userID), "")
	wantAnswer(t, got, 200, "")
	if names := roleNames(t, got); !slices.Equal(names, want) {
		t.Errorf("the roles are %v, want %v", names, want)
	}
}

func roleNames(t *testing.T, a answer) []string {
	t.Helper()
	names := []string{}
	for _, role := range a.json(t)["roles"].([]any) {
		names = append(names, role.(map[string]any)["name"].(string))
	}
	return names
}

func TestRoles(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		all := s.call("GET", "/roles", "")
		s.want(all, 200, "")
		want := `{"roles":[{"id":"rol_Local00000000001","name":"admin","description":"Sees and changes everything"},{"id":"rol_Local00000000002","name":"support","description":"Helps users"}]}`
		if strings.TrimSpace(string(all.body)) != want {
			t.Errorf("the roles are %s", all.body)
		}
		s.wantRoles(t, ada)
		if names := roleNames(t, s.setRoles(t, ada, "support", "rol_Local00000000001", "admin")); !slices.Equal(names, []string{"admin", "support"}) {
			t.Errorf("answered %v", names)
		}
		s.wantRoles(t, ada, "admin", "support")
		s.setRoles(t, ada, "admin")
		s.wantRoles(t, ada, "admin")
		for range 2 { // idempotent
			s.want(s.call("DELETE", "/user-roles/"+url.PathEscape(ada)+"?role=rol_Local00000000001", ""), 204, "")
			s.wantRoles(t, ada)
		}
		s.setRoles(t, ada, "support", "admin")
		for range 2 {
			s.want(s.call("DELETE", "/user-roles/"+url.PathEscape(ada), ""), 204, "")
			s.wantRoles(t, ada)
		}
		s.setRoles(t, ada, "support")
		s.setRoles(t, ada)
		s.wantRoles(t, ada)
	})
}

func TestRolesRefuse(t *testing.T) {
	tests := map[string]struct {
		method, target, body string
		status               int
		code                 string
		holds                []string // in the answer
	}{
		"an unknown user":            {"GET", "/user-roles/auth0%7Cnobody", "", 404, "user-not-found", nil},
		"an unknown user, set":       {"PUT", "/user-roles/auth0%7Cnobody", `{"roles":["admin"]}`, 404, "user-not-found", nil},
		"an unknown user, to none":   {"PUT", "/user-roles/auth0%7Cnobody", `{"roles":[]}`, 404, "user-not-found", nil},
		"an unknown user, remove":    {"DELETE", "/user-roles/auth0%7Cnobody", "", 404, "user-not-found", nil},
		"no id":                      {"GET", "/user-roles/%2E%2E", "", 400, "invalid-request", nil},
		"unknown names, each listed": {"PUT", "/user-roles/" + url.PathEscape(ada), `{"roles":["admn","support","rol_none"]}`, 422, "unknown-roles", []string{`"field":"roles.0"`, `\"admn\"`, `"field":"roles.2"`, `\"rol_none\"`}},
		"another case":               {"PUT", "/user-roles/" + url.PathEscape(ada), `{"roles":["Admin"]}`, 422, "unknown-roles", nil},
		"an unknown name, remove":    {"DELETE", "/user-roles/" + url.PathEscape(ada) + "?role=admn", "", 422, "unknown-roles", []string{`"field":"role"`}},
		"a name twice":               {"PUT", "/user-roles/" + url.PathEscape(ada), `{"roles":["admin","admin"]}`, 400, "invalid-request", []string{`"field":"roles.1"`}},
		"an empty name":              {"PUT", "/user-roles/" + url.PathEscape(ada), `{"roles":[""]}`, 400, "invalid-request", []string{`"field":"roles.0"`}},
		"a long name":                {"PUT", "/user-roles/" + url.PathEscape(ada), `{"roles":["` + strings.Repeat("a", 257) + `"]}`, 400, "invalid-request", nil},
		"no names":                   {"PUT", "/user-roles/" + url.PathEscape(ada), `{}`, 400, "invalid-request", []string{`"field":"roles"`}},
		"null":                       {"PUT", "/user-roles/" + url.PathEscape(ada), `{"roles":null}`, 400, "invalid-request", []string{`"field":"roles"`}},
		"a number":                   {"PUT", "/user-roles/" + url.PathEscape(ada), `{"roles":[1]}`, 400, "invalid-request", []string{`"field":"roles"`}},
		"too many":                   {"PUT", "/user-roles/" + url.PathEscape(ada), `{"roles":["1"` + strings.Repeat(`,"x"`, 50) + `]}`, 400, "invalid-request", []string{`"field":"roles"`}},
		"an empty role":              {"DELETE", "/user-roles/" + url.PathEscape(ada) + "?role=", "", 400, "invalid-request", []string{`"field":"role"`}},
		"two roles":                  {"DELETE", "/user-roles/" + url.PathEscape(ada) + "?role=admin&role=support", "", 400, "invalid-request", []string{`"field":"role"`}},
		"a long role":                {"DELETE", "/user-roles/" + url.PathEscape(ada) + "?role=" + strings.Repeat("a", 257), "", 400, "invalid-request", []string{`"field":"role"`}},
	}
	asDeployed(t, func(t *testing.T, s *service) {
		s.setRoles(t, ada, "support")
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				got := s.as(t, tt.method, tt.target, tt.body)
				wantAnswer(t, got, tt.status, tt.code)
				for _, text := range tt.holds {
					if !strings.Contains(string(got.body), text) {
						t.Errorf("%s does not hold %s", got.body, text)
					}
				}
			})
		}
		s.wantRoles(t, ada, "support")
	})
}

// Taking roles away comes first; where giving others then fails, the answer
// says so, and the same request completes it.
func TestSettingRolesByHalf(t *testing.T) {
	const assign = "POST /api/v2/users/{id}/roles"
	asDeployed(t, func(t *testing.T, s *service) {
		s.calm(t)
		s.setRoles(t, ada, "support")
		s.tenant.Tenant.Fail(localtenant.Fault{Route: assign, Times: 1, Status: 500})
		got := s.call("PUT", "/user-roles/"+url.PathEscape(ada), `{"roles":["admin"]}`)
		s.want(got, 502, "partly-updated")
		for _, told := range []string{`\"support\" was removed`, `\"admin\" was not assigned`} {
			if !strings.Contains(string(got.body), told) {
				t.Errorf("%s does not tell %s", got.body, told)
			}
		}
		if lines := auditLines(t, s.log.String()); lines[len(lines)-1]["outcome"] != "partly" || lines[len(lines)-1]["user"] != ada {
			t.Errorf("the audit line is %v", lines[len(lines)-1])
		}
		s.wantRoles(t, ada)
		s.setRoles(t, ada, "admin")
		s.wantRoles(t, ada, "admin")

		// With nothing to take away, nothing was done.
		s.tenant.Tenant.Fail(localtenant.Fault{Route: assign, Times: 1, Status: 503})
		s.want(s.call("PUT", "/user-roles/"+url.PathEscape(ada), `{"roles":["admin","support"]}`), 503, "provider-unavailable")
		s.wantRoles(t, ada, "admin")

		// Where the first half fails, the second is not tried.
		s.tenant.Tenant.Fail(localtenant.Fault{Route: "DELETE /api/v2/users/{id}/roles", Status: 500})
		s.tenant.Tenant.ResetStats()
		s.want(s.call("PUT", "/user-roles/"+url.PathEscape(ada), `{"roles":["support"]}`), 502, "provider-failed")
		if s.tenant.Tenant.Stats().Routes[assign] != 0 {
			t.Error("roles were given although none could be taken away")
		}
		s.tenant.Tenant.ClearFaults()
		s.wantRoles(t, ada, "admin")
	})
}

func TestManyRoles(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		for i := range 250 {
			s.tenant.Tenant.AddRole(fmt.Sprintf("role %03d", i), "")
		}
		if names := roleNames(t, s.call("GET", "/roles", "")); len(names) != 252 || names[0] != "admin" || names[251] != "support" {
			t.Errorf("%d roles: %v", len(names), names)
		}
		s.setRoles(t, ada, "role 249", "role 007")
		s.wantRoles(t, ada, "role 007", "role 249")
		s.want(s.call("DELETE", "/user-roles/"+url.PathEscape(ada)+"?role=role%20007", ""), 204, "")
		s.wantRoles(t, ada, "role 249")
	})
}

// Ids may hold what has a meaning in paths and queries.
func TestRolesOfStrangeIDs(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		s.eachStrangeID(t, func(t *testing.T, id string) {
			s.setRoles(t, id, "admin", "support")
			wantAnswer(t, s.as(t, "DELETE", "/user-roles/"+url.PathEscape(id)+"?role=admin", ""), 204, "")
			s.wantRoles(t, id, "support")
		})
	})
}

// eachStrangeID runs the check for a user of every strange id.
func (s *service) eachStrangeID(t *testing.T, check func(t *testing.T, id string)) {
	t.Helper()
	for _, name := range strangeIDs {
		if s.way.name == "samlocal" && strings.Contains(name, "/") {
			continue // sam local itself refuses those
		}
		t.Run(name[:min(len(name), 40)], func(t *testing.T) { check(t, s.addUser(localtenant.User{UserID: name})) })
	}
}
