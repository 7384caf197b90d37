package users_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/problem"
	"usher/internal/users"
)

func TestGet(t *testing.T) {
	tests := map[string]struct {
		target string
		err    error
		want   string
		calls  []string
	}{
		"a user":                        {"/users/u%7C1", nil, "OK", []string{"get u|1"}},
		"an ID with special characters": {"/users/samlp%7Cx%7Ca%2Fb@c", nil, "OK", []string{"get samlp|x|a/b@c"}},
		"no such user":                  {"/users/u", problem.UserNotFound.New("No."), "user-not-found | No.", []string{"get u"}},
		"not an id":                     {"/users/%2e%2e", nil, "invalid-request | path: no segment may be empty, ., .. or /", nil},
		"a query":                       {"/users/u?fields=email", nil, "invalid-request | fields: unknown parameter", nil},
		"an unknown error":              {"/users/u", errNotSealed, "internal | Something went wrong.", []string{"get u"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := &directory{err: tt.err}
			w := do(t, users.Get(dir), http.MethodGet, tt.target, "", "")
			if diff := cmp.Diff(tt.want, outcome(t, w)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.calls, dir.calls); diff != "" {
				t.Errorf("provider calls:\n%s", diff)
			}
		})
	}
}

func TestUserJSON(t *testing.T) {
	at := day(1)
	tests := map[string]struct {
		user users.User
		want string
	}{
		"minimal": {
			users.User{ID: "u", Identities: []users.Identity{}, Metadata: json.RawMessage("{}"), AppMetadata: json.RawMessage("{}")},
			`{"id":"u","blocked":false,"logins_count":0,"identities":[],"metadata":{},"app_metadata":{}}`,
		},
		"full": {
			users.User{
				ID: "u", Email: "e", EmailVerified: ptr(false), Username: "un", PhoneNumber: "p", PhoneVerified: ptr(true), Name: "n",
				GivenName: "g", FamilyName: "f", Nickname: "nn", Picture: "pic", Blocked: true, CreatedAt: &at, UpdatedAt: &at, LastLogin: &at,
				LoginsCount: 3, Identities: []users.Identity{{Connection: "c", Provider: "p", UserID: "1", Social: true}},
				Metadata: json.RawMessage(`{"a":1}`), AppMetadata: json.RawMessage(`{"b":2}`),
			},
			`{"id":"u","email":"e","email_verified":false,"username":"un","phone_number":"p","phone_verified":true,"name":"n",` +
				`"given_name":"g","family_name":"f","nickname":"nn","picture":"pic","blocked":true,"created_at":"2026-01-01T12:00:00Z",` +
				`"updated_at":"2026-01-01T12:00:00Z","last_login":"2026-01-01T12:00:00Z","logins_count":3,` +
				`"identities":[{"connection":"c","provider":"p","user_id":"1","social":true}],"metadata":{"a":1},"app_metadata":{"b":2}}`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := do(t, users.Get(&directory{user: tt.user}), http.MethodGet, "/users/u", "", "")
			if diff := cmp.Diff(tt.want+"\n", w.Body.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
