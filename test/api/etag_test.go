package api

import (
	"net/url"
	"strings"
	"testing"

	"usher/localtenant"
)

// An ETag stands for a user, wherever the answer comes from, and for the user
// as they are.
func TestETags(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		created := s.call("POST", "/users", `{"email":"tag@example.com","name":"One"}`)
		s.want(created, 201, "")
		path := strings.TrimPrefix(created.header.Get("Location"), s.way.stage)
		got := s.call("GET", path, "")
		patched := s.call("PATCH", path, `{"name":"Two"}`)
		after := s.call("GET", path, "")
		tags := []string{created.header.Get("ETag"), got.header.Get("ETag"), patched.header.Get("ETag"), after.header.Get("ETag")}
		if tags[0] != tags[1] || tags[1] == tags[2] || tags[2] != tags[3] || tags[0] == "" {
			t.Errorf("created, got, changed, got: %v", tags)
		}
		if other := s.call("GET", "/users/"+adasID, "").header.Get("ETag"); other == tags[3] {
			t.Errorf("another user has the same: %s", other)
		}
	})
}

func TestIfMatch(t *testing.T) {
	const stale = `"AAAAAAAAAAAAAAAAAAAAAA"`
	tests := map[string]struct {
		match  func(tag string) string
		status int
		code   string
	}{
		"the same":           {func(tag string) string { return tag }, 200, ""},
		"one of several":     {func(tag string) string { return stale + ", " + tag }, 200, ""},
		"any":                {func(string) string { return "*" }, 200, ""},
		"stale":              {func(string) string { return stale }, 412, "precondition-failed"},
		"weak":               {func(tag string) string { return "W/" + tag }, 412, "precondition-failed"},
		"without quotes":     {func(tag string) string { return strings.Trim(tag, `"`) }, 400, "invalid-request"},
		"an open quote":      {func(tag string) string { return tag[1:] }, 400, "invalid-request"},
		"any and another":    {func(tag string) string { return "*, " + tag }, 400, "invalid-request"},
		"nothing but commas": {func(string) string { return ",," }, 400, "invalid-request"},
	}
	eachWay(t, func(t *testing.T, s *service) {
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				id := s.addUser(localtenant.User{UserID: strings.ReplaceAll(name, " ", "-"), Name: "Before", Password: "Old-Passw0rd", Email: strings.ReplaceAll(name, " ", "-") + "@example.com"})
				path := "/users/" + url.PathEscape(id)
				tag := s.as(t, "GET", path, "").header.Get("ETag")
				got := s.as(t, "PATCH", path, `{"name":"After"}`, "If-Match", tt.match(tag))
				wantAnswer(t, got, tt.status, tt.code)
				want := map[bool]string{true: "After", false: "Before"}[tt.status == 200]
				if user := s.as(t, "GET", path, "").json(t); user["name"] != want {
					t.Errorf("the name is %q, want %q", user["name"], want)
				}
				if tt.status == 400 && !strings.Contains(string(got.body), `"field":"If-Match"`) {
					t.Errorf("%s does not name the header", got.body)
				}
			})
		}
		for _, match := range []string{"*", stale} {
			s.want(s.call("PATCH", "/users/auth0%7Cgone", `{"name":"After"}`, "If-Match", match), 404, "user-not-found")
		}
	})
}

// Of two who have read the same, the second does not overwrite the first.
func TestIfMatchKeepsAnotherChange(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		tag := s.call("GET", "/users/"+adasID, "").header.Get("ETag")
		first := s.call("PATCH", "/users/"+adasID, `{"nickname":"first"}`, "If-Match", tag)
		s.want(first, 200, "")
		s.want(s.call("PATCH", "/users/"+adasID, `{"nickname":"second"}`, "If-Match", tag), 412, "precondition-failed")
		s.want(s.call("PATCH", "/users/"+adasID, `{"revoke_sessions":true}`, "If-Match", tag), 412, "precondition-failed")
		s.want(s.call("PATCH", "/users/"+adasID, `{}`, "If-Match", tag), 412, "precondition-failed")
		got := s.call("PATCH", "/users/"+adasID, `{"nickname":"second"}`, "If-Match", first.header.Get("ETag"))
		s.want(got, 200, "")
		s.want(s.call("PATCH", "/users/"+adasID, `{}`, "If-Match", got.header.Get("ETag")), 200, "")
	})
}
