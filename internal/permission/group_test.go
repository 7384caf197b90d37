package permission

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMatches(t *testing.T) {
	tests := map[string]struct {
		pattern, resource string
		want              bool
	}{
		"itself":                   {"GET/users", "GET/users", true},
		"another":                  {"GET/users", "GET/user", false},
		"below":                    {"GET/users", "GET/users/x", false},
		"a star":                   {"GET/users/*", "GET/users/x", true},
		"a star over a slash":      {"GET/users/*", "GET/users/x/secret", true},
		"a star for no characters": {"GET/users/*", "GET/users/", true},
		"a star in the middle":     {"DELETE/mfa/*/methods/*", "DELETE/mfa/x/methods/y", true},
		"a missing segment":        {"DELETE/mfa/*/methods/*", "DELETE/mfa/x", false},
		"a question mark":          {"GET/user?", "GET/users", true},
		"for one only":             {"GET/user?", "GET/user", false},
		"everything":               {"*", "PUT/x/y", true},
		"empty":                    {"", "x", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Matches(tt.pattern, tt.resource); got != tt.want {
				t.Errorf("%q matches %q: %t", tt.pattern, tt.resource, got)
			}
		})
	}
}

func TestResources(t *testing.T) {
	g := Group{Routes: []string{"GET /users", "GET /users/{id}", "DELETE /mfa/{user_id}/methods/{method}", "DELETE /mfa/{user_id}"}}
	want := []string{"GET/users", "GET/users/*", "DELETE/mfa/*"}
	if diff := cmp.Diff(want, g.Resources()); diff != "" {
		t.Error(diff)
	}
}

// No pattern of a group matches a route that only other groups have, even with unusual IDs: "*" matches slashes.
func TestGroupsDoNotOverlap(t *testing.T) {
	ids := strings.NewReplacer("{id}", "auth0%7C1", "{user_id}", "a/b", "{method}", "x|y", "{provider}", "github", "{identity}", "1/2", "{session}", "s")
	seen := map[string][]Name{}
	for _, g := range All() {
		for _, pattern := range g.Resources() {
			for _, other := range All() {
				for _, route := range other.Routes {
					asked := resource(ids.Replace(route))
					if !slices.Contains(g.Routes, route) && Matches(pattern, asked) {
						t.Errorf("%s of %s allows %s of %s", pattern, g.Name, route, other.Name)
					}
				}
			}
		}
		for _, route := range g.Routes {
			seen[route] = append(seen[route], g.Name)
			if covering(g, resource(ids.Replace(route))) == "" {
				t.Errorf("nothing in %s allows %s", g.Name, route)
			}
		}
	}
	shared := []string{"GET /jobs", "GET /jobs/{id}", "GET /jobs/{id}/results", "DELETE /jobs/{id}"}
	for route, names := range seen {
		want := 1
		if slices.Contains(shared, route) {
			want = 4
		}
		if len(names) != want {
			t.Errorf("%s is in %v", route, names)
		}
	}
	if got := seen["POST /jobs/{id}/confirmation"]; !slices.Equal(got, []Name{BulkDelete}) {
		t.Errorf("%v confirm deletions", got)
	}
}

// covering returns the group's first pattern that matches the resource; "" for none.
func covering(g Group, asked string) string {
	for _, pattern := range g.Resources() {
		if Matches(pattern, asked) {
			return pattern
		}
	}
	return ""
}

func TestHaving(t *testing.T) {
	var got []Name
	for _, g := range Having([]string{"openid", "usher:roles", "USHER:READ", "usher:read:all", "usher:read", "usher:read", ""}) {
		got = append(got, g.Name)
	}
	if diff := cmp.Diff([]Name{Read, Roles}, got); diff != "" {
		t.Error(diff)
	}
	if all := Having(nil); len(all) != 0 {
		t.Errorf("no scopes give %v", all)
	}
	if len(All()) != len(groups) {
		t.Error("the table was changed")
	}
}
