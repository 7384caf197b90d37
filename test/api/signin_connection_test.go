package api

import (
	"net/url"
	"strings"
	"testing"

	"usher/localtenant"
)

// linked adds a user of the database who has a GitHub account, too.
func (s *service) linked(t *testing.T, email string) (id string) {
	t.Helper()
	id = s.addUser(localtenant.User{Email: email, Password: localtenant.SamplePassword})
	person := newBrowser(t, s)
	account := person.get(t, person.signInThrough(t, person.begin(t, "?connection=github"), email)).json(t)["account"].(map[string]any)
	_, github, _ := strings.Cut(account["id"].(string), "|")
	s.manage(t, "POST", "/users/"+url.PathEscape(id)+"/identities", `{"provider":"github","user_id":"`+github+`"}`)
	return id
}

func TestSignInByAConnection(t *testing.T) {
	tests := map[string]struct {
		query    string
		stripped bool
		linked   bool
		session  bool // by a password, before
		calls    int  // for the token, and for the look-up
		status   int
	}{
		"as it should be":                   {query: "?connection=github", calls: 1, status: 200},
		"another one":                       {query: "?connection=google-oauth2", calls: 1, status: 200},
		"the database":                      {query: "?connection=" + localtenant.Connection, calls: 2, status: 200},
		"any":                               {query: "", calls: 1, status: 200},
		"stripped":                          {query: "?connection=github", stripped: true, calls: 2, status: 403},
		"by a session of somebody":          {query: "?connection=github", session: true, calls: 2, status: 403},
		"a linked account":                  {query: "?connection=github", linked: true, calls: 2, status: 200},
		"a linked account, of another kind": {query: "?connection=apple", linked: true, stripped: true, calls: 2, status: 403},
	}
	asDeployed(t, func(t *testing.T, s *service) {
		s.calm(t)
		first := newBrowser(t, s)
		wantAnswer(t, first.get(t, first.signedIn(t, "")), 200, "") // the signing keys are there now
		s.want(s.call("GET", "/users", ""), 200, "")                // and the token
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				email := strings.NewReplacer(" ", "-", ",", "").Replace(name) + "@example.com"
				id := ""
				if tt.linked {
					id = s.linked(t, email)
				} else if tt.stripped || tt.session || !strings.Contains(tt.query, "hub") {
					id = s.addUser(localtenant.User{Email: email, Password: localtenant.SamplePassword})
				}
				b := newBrowser(t, s)
				if tt.session {
					wantAnswer(t, b.get(t, b.signInThrough(t, b.begin(t, ""), email)), 200, "")
				}
				location := b.begin(t, tt.query)
				if tt.stripped {
					location = without(t, location, "connection")
				}
				callback := b.signInThrough(t, location, email)
				s.tenant.Tenant.ResetStats()
				got := b.get(t, callback)
				if stats := s.tenant.Tenant.Stats(); stats.Requests != tt.calls {
					t.Errorf("%d provider calls, want %d: %v", stats.Requests, tt.calls, stats.Routes)
				}
				if tt.status != 200 {
					wantAnswer(t, got, tt.status, "wrong-connection")
					return
				}
				wantAnswer(t, got, 200, "")
				if account := got.json(t)["account"].(map[string]any); tt.linked && account["id"] != id {
					t.Errorf("account %v", account)
				}
			})
		}
	})
}

// A look-up that fails is told as it is, and gives nobody.
func TestConnectionThatCannotBeLookedUp(t *testing.T) {
	for name, tt := range map[string]struct {
		fault  localtenant.Fault
		status int
		code   string
	}{
		"503":      {localtenant.Fault{Status: 503}, 503, "provider-unavailable"},
		"403":      {localtenant.Fault{Status: 403}, 500, "service-misconfigured"},
		"no user":  {localtenant.Fault{Status: 404}, 403, "wrong-connection"},
		"no JSON":  {localtenant.Fault{Kind: localtenant.FaultGarbage}, 502, "provider-failed"},
		"a limit":  {localtenant.Fault{Status: 429}, 429, "too-many-requests"},
		"no sense": {localtenant.Fault{Status: 400}, 400, "invalid-request"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asDeployed(t, func(t *testing.T, s *service) {
				s.calm(t)
				b := newBrowser(t, s)
				callback := b.signedIn(t, "?connection="+localtenant.Connection)
				fault := tt.fault
				fault.Route = "GET /api/v2/users/{id}"
				s.tenant.Tenant.Fail(fault)
				got := b.get(t, callback)
				wantAnswer(t, got, tt.status, tt.code)
				if strings.Contains(string(got.body), "access_token") {
					t.Error("the tokens came all the same")
				}
			})
		})
	}
}

// The longest of all that a cookie holds still fits: ten of them into what the
// gateway takes of headers.
func TestTheLongestCookieFits(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		query := url.Values{
			"redirect_uri": {"https://app.example.com/callback"}, "mfa": {"required"},
			"connection": {strings.Repeat("c", 128)}, "return_to": {"/" + strings.Repeat("a", 255)},
		}
		got := s.call("GET", "/login?"+query.Encode(), "")
		wantAnswer(t, got, 302, "")
		header := got.header.Get("Set-Cookie")
		if pair, _, _ := strings.Cut(header, ";"); len(pair) > 700 || len(header) > 750 {
			t.Errorf("the cookie has %d bytes, its header %d", len(pair), len(header))
		}
	})
}
