package api

import (
	"strings"
	"testing"

	"usher/localtenant"
)

const revokeRoute = "POST /api/v2/users/{id}/revoke-access"

func TestUpdateRevokesSessions(t *testing.T) {
	tests := map[string]struct {
		body  string
		ended bool
	}{
		"with a password": {`{"password":"N3w-Passw0rd","revoke_sessions":true}`, true},
		"with a name":     {`{"name":"Ada King","revoke_sessions":true}`, true},
		"alone":           {`{"revoke_sessions":true}`, true},
		"not asked for":   {`{"password":"N3w-Passw0rd"}`, false},
		"asked not to":    {`{"password":"N3w-Passw0rd","revoke_sessions":false}`, false},
		"by nothing":      {`{}`, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			asDeployed(t, func(t *testing.T, s *service) {
				b := newBrowser(t, s)
				wantAnswer(t, b.signedInAsAda(t), 200, "")
				got := s.call("PATCH", "/users/"+adasID, tt.body)
				s.want(got, 200, "")
				if told, there := got.json(t)["sessions_ended"]; there != tt.ended || there && told != true {
					t.Errorf("answered %s", got.body)
				}
				if read := s.call("GET", "/users/"+adasID, ""); read.header.Get("ETag") != got.header.Get("ETag") {
					t.Errorf("the ETag is %s, and the user's %s", got.header.Get("ETag"), read.header.Get("ETag"))
				}
				if tt.ended {
					wantAnswer(t, b.quietly(t), 401, "login-required")
				} else {
					wantAnswer(t, b.quietly(t), 200, "")
				}
			})
		})
	}
}

func TestUpdateRevokesSessionsOnAPlanWithout(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		s.withoutSessions(t)
		for _, body := range []string{`{"password":"N3w-Passw0rd","revoke_sessions":true}`, `{"revoke_sessions":true}`} {
			got := s.call("PATCH", "/users/"+adasID, body)
			s.want(got, 200, "")
			if got.json(t)["sessions_ended"] != false {
				t.Errorf("%s: %s", body, got.body)
			}
		}
		b := newBrowser(t, s)
		wantAnswer(t, b.get(t, b.signIn(t, b.begin(t, ""), "ada@example.com", "N3w-Passw0rd")), 200, "")
	})
}

func TestUpdateThatDoesNotRevoke(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		s.calm(t)
		const body = `{"email":"ada.king@example.com","password":"N3w-Passw0rd","revoke_sessions":true}`
		s.tenant.Tenant.Fail(localtenant.Fault{Route: revokeRoute, Times: 1, Status: 500})
		got := s.call("PATCH", "/users/"+adasID, body)
		s.want(got, 502, "partly-updated")
		for _, want := range []string{`{"field":"password","detail":"was changed"}`, `{"field":"email","detail":"was changed"}`, `{"field":"revoke_sessions","detail":"may not have been done"}`} {
			if !strings.Contains(string(got.body), want) {
				t.Errorf("%s lacks %s", got.body, want)
			}
		}
		again := s.call("PATCH", "/users/"+adasID, body)
		s.want(again, 200, "")
		if again.json(t)["sessions_ended"] != true {
			t.Errorf("the repeat: %s", again.body)
		}

		s.tenant.Tenant.Fail(localtenant.Fault{Route: revokeRoute, Times: 1, Status: 500})
		s.want(s.call("PATCH", "/users/"+adasID, `{"revoke_sessions":true}`), 502, "provider-failed") // of which nothing was done
		s.tenant.Tenant.ResetStats()
		s.want(s.call("PATCH", "/users/auth0%7Cnobody", `{"revoke_sessions":true}`), 404, "user-not-found")
		s.want(s.call("PATCH", "/users/auth0%7Cnobody", `{"name":"N","revoke_sessions":true}`), 404, "user-not-found")
		s.want(s.call("PATCH", "/users/"+adasID, `{"password":"weak","revoke_sessions":true}`), 422, "password-too-weak")
		if n := s.tenant.Tenant.Stats().Routes[revokeRoute]; n != 0 {
			t.Errorf("%d sign-outs of nobody, or after no change", n)
		}
	})
}

// Where the provider refuses a former password, the second half of a change can be
// completed separately.
func TestUpdateThatDoesNotRevokeAndRemembersPasswords(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		s.calm(t)
		s.configure(t, func(c *localtenant.Settings) { c.PasswordPolicy.History = 3 })
		const body = `{"password":"N3w-Passw0rd","revoke_sessions":true}`
		s.tenant.Tenant.Fail(localtenant.Fault{Route: revokeRoute, Times: 1, Status: 503})
		s.want(s.call("PATCH", "/users/"+adasID, body), 503, "partly-updated")
		s.want(s.call("PATCH", "/users/"+adasID, body), 422, "password-too-weak")
		got := s.call("PATCH", "/users/"+adasID, `{"revoke_sessions":true}`)
		s.want(got, 200, "")
		if got.json(t)["sessions_ended"] != true {
			t.Errorf("answered %s", got.body)
		}
	})
}
