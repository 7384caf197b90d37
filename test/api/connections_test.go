package api

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"usher/localtenant"
)

func TestConnections(t *testing.T) {
	const secret = "THE-SECRET-OF-A-CONNECTION"
	for _, c := range []struct {
		in   localtenant.NewConnection
		want string // of the answer; "" for nothing
	}{
		{localtenant.NewConnection{Name: "partners", Strategy: "auth0"}, `{"name":"partners","display_name":"partners","strategy":"database","kind":"database"}`},
		{localtenant.NewConnection{Name: "staff", Strategy: "samlp", DisplayName: "Our <staff>", Button: new(true)}, `{"name":"staff","display_name":"Our <staff>","strategy":"samlp","kind":"enterprise"}`},
		{localtenant.NewConnection{Name: "directory", Strategy: "auth0-adldap", Button: new(true)}, `{"name":"directory","display_name":"directory","strategy":"adldap","kind":"enterprise"}`},
		{localtenant.NewConnection{Name: "by-domain", Strategy: "oidc", Button: new(false)}, ""},
		{localtenant.NewConnection{Name: "by-default", Strategy: "waad"}, ""},
		{localtenant.NewConnection{Name: "line", Strategy: "line", Button: new(false)}, `{"name":"line","display_name":"line","strategy":"line","kind":"social"}`},
		{localtenant.NewConnection{Name: "calendar", Strategy: "google-oauth2", NoSignIn: true}, ""},
		{localtenant.NewConnection{Name: "elsewhere", Strategy: "github", Disabled: true}, ""},
	} {
		t.Run(c.in.Name, func(t *testing.T) {
			asDeployed(t, func(t *testing.T, s *service) {
				added := c.in
				added.Options = map[string]any{"client_secret": secret}
				s.tenant.Tenant.AddConnection(added)
				got := s.call("GET", "/connections", "")
				s.want(got, 200, "")
				if text := string(got.body); !strings.Contains(text, c.want) || c.want == "" && strings.Contains(text, c.in.Name) {
					t.Errorf("%s, want %s of %s", text, c.want, c.in.Name)
				}
				if text := string(got.body) + s.log.String(); strings.Contains(text, secret) || strings.Contains(string(got.body), "auth0") {
					t.Error("it tells too much:", text)
				}
			})
		})
	}
}

func TestConnectionsOfANewTenant(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		want := `{"connections":[` +
			`{"name":"Username-Password-Authentication","display_name":"Username-Password-Authentication","strategy":"database","kind":"database"},` +
			`{"name":"apple","display_name":"Apple","strategy":"apple","kind":"social"},` +
			`{"name":"email","display_name":"Email","strategy":"email","kind":"passwordless"},` +
			`{"name":"github","display_name":"GitHub","strategy":"github","kind":"social"},` +
			`{"name":"google-oauth2","display_name":"Google","strategy":"google-oauth2","kind":"social"},` +
			`{"name":"sms","display_name":"SMS","strategy":"sms","kind":"passwordless"},` +
			`{"name":"windowslive","display_name":"Microsoft","strategy":"windowslive","kind":"social"}]}`
		if got := s.call("GET", "/connections", ""); strings.TrimSpace(string(got.body)) != want {
			t.Errorf("%s", got.body)
		}
		for i := range 210 {
			s.tenant.Tenant.AddConnection(localtenant.NewConnection{Name: fmt.Sprintf("c%03d", i), Strategy: "github"})
		}
		if all := s.call("GET", "/connections", "").json(t)["connections"].([]any); len(all) != 217 {
			t.Errorf("%d connections, want 217", len(all))
		}
	})
}

func TestSuggestions(t *testing.T) {
	tests := map[string]struct {
		user, other localtenant.User
		want        int
		calls       int
	}{
		"both verified":           {localtenant.User{EmailVerified: true}, localtenant.User{EmailVerified: true}, 1, 2},
		"the user's is not":       {localtenant.User{}, localtenant.User{EmailVerified: true}, 0, 1},
		"the other's is not":      {localtenant.User{EmailVerified: true}, localtenant.User{}, 0, 2},
		"neither is":              {localtenant.User{}, localtenant.User{}, 0, 1},
		"the other is blocked":    {localtenant.User{EmailVerified: true}, localtenant.User{EmailVerified: true, Blocked: new(true)}, 0, 2},
		"the other has another":   {localtenant.User{EmailVerified: true}, localtenant.User{EmailVerified: true, Email: "other@example.com"}, 0, 2},
		"the user is blocked":     {localtenant.User{EmailVerified: true, Blocked: new(true)}, localtenant.User{EmailVerified: true}, 1, 2},
		"the other's, of no mail": {localtenant.User{EmailVerified: true}, localtenant.User{EmailVerified: true, Connection: "google-oauth2"}, 1, 2},
	}
	asDeployed(t, func(t *testing.T, s *service) {
		s.calm(t)
		s.call("GET", "/users", "") // the token is there now
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				n := s.serial.Add(1)
				tt.user.Email = fmt.Sprintf("same%d@example.com", n)
				if tt.other.Email == "" {
					tt.other.Email = tt.user.Email
				}
				if tt.other.Connection == "" {
					tt.other.Connection = "github"
				}
				id, other := s.addUser(tt.user), s.addUser(tt.other)
				path := "/identities/" + url.PathEscape(id)
				if got := s.as(t, "GET", path, "").json(t); got["suggestions"] != nil {
					t.Errorf("unasked: %v", got)
				}
				s.tenant.Tenant.ResetStats()
				got := s.as(t, "GET", path+"?suggest=true", "")
				wantAnswer(t, got, 200, "")
				if calls := s.tenant.Tenant.Stats().Requests; calls != tt.calls {
					t.Errorf("%d calls, want %d", calls, tt.calls)
				}
				suggestions := got.json(t)["suggestions"].([]any)
				if len(suggestions) != tt.want {
					t.Fatalf("suggestions %v, want %d", suggestions, tt.want)
				}
				if tt.want == 1 && suggestions[0].(map[string]any)["user_id"] != other {
					t.Errorf("suggested %v, want %s", suggestions[0], other)
				}
			})
		}
	})
}
