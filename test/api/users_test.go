package api

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"usher/localtenant"
)

func TestLifeOfAUser(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		created := s.call("POST", "/users", `{"email":"Mia@Example.com","password":"Str0ng-Enough","given_name":"Mia","metadata":{"theme":"dark","n":9007199254740991},"app_metadata":{"plan":"pro"}}`)
		s.want(created, 201, "")
		user := created.json(t)
		if user["email"] != "mia@example.com" || user["given_name"] != "Mia" || user["blocked"] != false {
			t.Errorf("created %s", created.body)
		}
		id := user["id"].(string)
		location := s.way.stage + "/users/" + url.PathEscape(id)
		if got := created.header.Get("Location"); got != location {
			t.Errorf("Location %q, want %q", got, location)
		}
		path := strings.TrimPrefix(location, s.way.stage)
		got := s.call("GET", path, "")
		s.want(got, 200, "")
		if string(got.body) != string(created.body) {
			t.Errorf("got %s, created %s", got.body, created.body)
		}
		patched := s.call("PATCH", path, `{"given_name":null,"nickname":"mimi"}`, "Content-Type", "application/merge-patch+json")
		s.want(patched, 200, "")
		if now := patched.json(t); now["given_name"] != nil || now["nickname"] != "mimi" || now["metadata"].(map[string]any)["theme"] != "dark" {
			t.Errorf("patched %s", patched.body)
		}
		s.want(s.call("DELETE", path, ""), 204, "")
		s.want(s.call("GET", path, ""), 404, "user-not-found")
		s.want(s.call("DELETE", path, ""), 204, "")
	})
}

func TestCreateRefuses(t *testing.T) {
	tests := map[string]struct {
		body   string
		status int
		code   string
		holds  string
	}{
		"taken":                  {`{"email":"ADA@example.com","password":"Str0ng-Enough"}`, 409, "user-exists", ""},
		"weak password":          {`{"email":"a@example.com","password":"short"}`, 422, "password-too-weak", "at least 8 characters"},
		"a password cut short":   {`{"email":"a@example.com","password":"Str0ng-Enough` + strings.Repeat("é", 30) + `"}`, 400, "invalid-request", `"field":"password","detail":"must have 1 to 72 bytes in UTF-8"`},
		"no connection":          {`{"email":"a@example.com","connection":"Nowhere"}`, 400, "invalid-request", `"field":"connection"`},
		"a name around":          {`{"email":"Ada <a@example.com>"}`, 400, "invalid-request", `"field":"email"`},
		"two addresses":          {`{"email":"a@example.com, b@example.com"}`, 400, "invalid-request", `"field":"email"`},
		"nothing to know one by": {`{"name":"Ada"}`, 400, "invalid-request", `"field":"email"`},
		"a broken phone number":  {`{"phone_number":"0123"}`, 400, "invalid-request", `"field":"phone_number"`},
		"a broken picture":       {`{"email":"a@example.com","picture":"javascript:alert(1)"}`, 400, "invalid-request", `"field":"picture"`},
	}
	eachWay(t, func(t *testing.T, s *service) {
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				got := s.as(t, "POST", "/users", tt.body)
				wantAnswer(t, got, tt.status, tt.code)
				if !strings.Contains(string(got.body), tt.holds) {
					t.Errorf("%s lacks %q", got.body, tt.holds)
				}
			})
		}
	})
}

func TestCreateSendsMailOnlyWhenAsked(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		s.want(s.call("POST", "/users", `{"email":"quiet@example.com"}`), 201, "")
		if mail := s.tenant.Tenant.Outbox(); len(mail) != 0 {
			t.Errorf("mail nobody asked for: %v", mail)
		}
		s.want(s.call("POST", "/users", `{"email":"loud@example.com","verify_email":true}`), 201, "")
		if mail := s.tenant.Tenant.Outbox(); len(mail) != 1 || mail[0].To != "loud@example.com" {
			t.Errorf("mail that was asked for: %v", mail)
		}
		if strings.Contains(s.log.String(), "quiet@example.com") {
			t.Error("an address is in the log")
		}
	})
}

func TestCreateInOtherConnections(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		s.want(s.call("POST", "/users", `{"connection":"email","email":"code@example.com"}`), 201, "")
		s.want(s.call("POST", "/users", `{"connection":"sms","phone_number":"+14155550123"}`), 201, "")
	})
}

// strangeIDs are what the provider may call a user.
var strangeIDs = []string{
	"auth0|simple",
	"google-oauth2|1234567890",
	"samlp|x|a/b@c",
	"samlp|x|100%",
	"samlp|x|%2F%2e%2e",
	"samlp|x|with+plus",
	"samlp|x|q?a=b#c&d",
	"samlp|x|Zoë-日本",
	"samlp|x|..",
	"samlp|x|a;b,c:d",
	`samlp|x|back\slash"quote`,
	strings.Repeat("x", 400-len("auth0|")),
}

func TestIDs(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		for _, name := range strangeIDs {
			if s.way.name == "samlocal" && strings.Contains(name, "/") {
				continue // sam local itself refuses those
			}
			t.Run(name[:min(len(name), 40)], func(t *testing.T) {
				id := s.addUser(localtenant.User{UserID: name})
				path := "/users/" + url.PathEscape(id)
				for _, step := range []struct {
					method, body string
					status       int
				}{{"GET", "", 200}, {"PATCH", `{"nickname":"nick"}`, 200}, {"DELETE", "", 204}, {"GET", "", 404}} {
					got := s.as(t, step.method, path, step.body)
					wantAnswer(t, got, step.status, "")
					if step.status == 200 && got.json(t)["id"] != id {
						t.Errorf("%s answered user %s", step.method, got.body)
					}
				}
			})
		}
	})
}

func TestIDsThatAreNone(t *testing.T) {
	tests := map[string]string{
		"dots":       "/users/%2E%2E",
		"a dot":      "/users/%2E",
		"too long":   "/users/" + strings.Repeat("x", 401),
		"not UTF-8":  "/users/%FF",
		"a NUL":      "/users/a%00b",
		"plain dots": "/users/..",
		"empty":      "/users/",
	}
	eachWay(t, func(t *testing.T, s *service) {
		before := s.tenant.Tenant.Stats().Requests
		for name, path := range tests {
			if s.way.gateway && (name == "plain dots" || name == "empty" || name == "not UTF-8") {
				continue // no such event: the gateway has no route for it, and its JSON is UTF-8
			}
			for _, method := range []string{"GET", "PATCH", "DELETE"} {
				t.Run(name+" "+method, func(t *testing.T) {
					body := ""
					if method == "PATCH" {
						body = `{"nickname":"n"}`
					}
					wantAnswer(t, s.as(t, method, path, body), 400, "invalid-request")
				})
			}
		}
		if after := s.tenant.Tenant.Stats().Requests; after != before {
			t.Errorf("%d requests reached the provider", after-before)
		}
	})
}

func TestUpdate(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		s.calm(t) // calls are counted
		id := s.addUser(localtenant.User{Email: "old@example.com", EmailVerified: true, Password: "Old-Passw0rd", Name: "Old", UserMetadata: map[string]any{"a": "b"}})
		path := "/users/" + url.PathEscape(id)
		tests := []struct {
			name, body string
			status     int
			code       string
			calls      int
		}{
			{"one call for a profile", `{"name":"New","picture":"https://example.com/p.png","family_name":"N"}`, 200, "", 1},
			{"a new address", `{"email":"new@example.com"}`, 200, "", 1},
			{"two calls for a password and an address", `{"email":"newer@example.com","password":"N3w-Passw0rd","name":"Newer"}`, 200, "", 2},
			{"nothing", `{}`, 200, "", 1},
			{"a weak password changes nothing", `{"email":"newest@example.com","password":"weak"}`, 422, "password-too-weak", 3},
			{"metadata goes elsewhere", `{"metadata":{"a":null}}`, 400, "invalid-request", 0},
			{"no connection", `{"connection":"x"}`, 400, "invalid-request", 0},
			{"a password cut short", `{"password":"Str0ng-Enough` + strings.Repeat("é", 30) + `"}`, 400, "invalid-request", 0},
			{"a password cannot be removed", `{"password":null}`, 400, "invalid-request", 0},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				s.as(t, "GET", path, "") // the token is there now
				s.tenant.Tenant.ResetStats()
				wantAnswer(t, s.as(t, "PATCH", path, tt.body), tt.status, tt.code)
				if got := s.tenant.Tenant.Stats().Requests; got != tt.calls {
					t.Errorf("%d provider calls, want %d", got, tt.calls)
				}
			})
		}
		got := s.call("GET", path, "").json(t)
		if got["email"] != "newer@example.com" || got["email_verified"] != false || got["name"] != "Newer" || got["family_name"] != "N" {
			t.Errorf("in the end %v", got)
		}
		if mail := s.tenant.Tenant.Outbox(); len(mail) != 0 {
			t.Errorf("mail nobody asked for: %v", mail)
		}
	})
}

func TestUpdateOfASocialUser(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		id := s.addUser(localtenant.User{UserID: "42", Connection: "github", Name: "Octo"})
		got := s.call("PATCH", "/users/"+url.PathEscape(id), `{"name":"Cat","nickname":"cat"}`)
		s.want(got, 400, "invalid-request")
		if !strings.Contains(string(got.body), `"field":"name"`) {
			t.Errorf("%s does not name the field", got.body)
		}
	})
}

func TestUpdateThatIsDoneInPart(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		id := s.addUser(localtenant.User{Email: "me@example.com", Password: "Old-Passw0rd"})
		path := "/users/" + url.PathEscape(id)
		got := s.call("PATCH", path, `{"email":"ada@example.com","name":"Me","password":"N3w-Passw0rd"}`)
		s.want(got, 409, "partly-updated")
		for _, want := range []string{`{"field":"password","detail":"was changed"}`, `{"field":"email","detail":"was not changed"}`, `{"field":"name","detail":"was not changed"}`} {
			if !strings.Contains(string(got.body), want) {
				t.Errorf("%s lacks %s", got.body, want)
			}
		}
		if user := s.call("GET", path, "").json(t); user["email"] != "me@example.com" || user["name"] == "Me" {
			t.Errorf("left %v", user)
		}
	})
}

func TestDeleteByEmail(t *testing.T) {
	for name, send := range map[string]func(s *service, email string) answer{
		"query": func(s *service, email string) answer {
			return s.call("DELETE", "/users?email="+url.QueryEscape(email), "")
		},
		"body": func(s *service, email string) answer { return s.call("DELETE", "/users", `{"email":"`+email+`"}`) },
	} {
		t.Run(name, func(t *testing.T) {
			eachWay(t, func(t *testing.T, s *service) {
				s.want(send(s, "nobody@example.com"), 404, "user-not-found")
				s.want(send(s, "ADA@Example.com"), 204, "")
				s.want(send(s, "ada@example.com"), 404, "user-not-found")

				twin := s.addUser(localtenant.User{Email: "grace@example.com", Connection: "github", UserID: "github|7"})
				got := send(s, "grace@example.com")
				s.want(got, 409, "email-ambiguous")
				if !strings.Contains(string(got.body), twin) {
					t.Errorf("%s does not list %s", got.body, twin)
				}
				s.want(s.call("GET", "/users/"+url.PathEscape(twin), ""), 200, "")
			})
		})
	}
}

func TestDeleteByEmailRefuses(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		for name, got := range map[string]answer{
			"both":         s.call("DELETE", "/users?email=ada@example.com", `{"email":"ada@example.com"}`),
			"neither":      s.call("DELETE", "/users", ""),
			"no address":   s.call("DELETE", "/users?email=ada", ""),
			"an empty one": s.call("DELETE", "/users?email=", ""),
			"an unknown":   s.call("DELETE", "/users?email=ada@example.com&force=true", ""),
		} {
			if got.status != http.StatusBadRequest {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
		s.want(s.call("GET", "/users?email=ada@example.com", ""), 200, "")
	})
}
