package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"usher/localtenant"
)

// A section that cannot be had says so, and the rest of the page is there.
func TestSectionsFailAlone(t *testing.T) {
	tests := map[string]struct {
		section string
		fault   localtenant.Fault
		want    string
	}{
		"history, too many requests": {"history", localtenant.Fault{Route: "GET /api/v2/users/{id}/logs", Status: 429}, "too many requests"},
		"history, refused":           {"history", localtenant.Fault{Route: "GET /api/v2/users/{id}/logs", Status: 403}, "Usher is misconfigured"},
		"blocks, failing":            {"history", localtenant.Fault{Route: "GET /api/v2/user-blocks/{id}", Status: 500}, "The identity provider"},
		"factors, failing":           {"factors", localtenant.Fault{Route: "GET /api/v2/users/{id}/authentication-methods", Status: 500}, "The identity provider"},
		"sessions, too many":         {"sessions", localtenant.Fault{Route: "GET /api/v2/users/{user_id}/sessions", Status: 429}, "too many requests"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			b := w.staff(supportEmail)
			w.tenant.Tenant.Fail(tt.fault)
			p := b.get(userPath(customerID, tt.section))
			if p.status != 200 {
				t.Errorf("%d", p.status)
			}
			p.has(t, "Ada Lovelace", "Sessions", tt.want)
			if tt.section == "history" {
				p.has(t, "Blocks after wrong passwords", `id="history"`)
			}
		})
	}
	w := newWorld(t)
	if err := w.tenant.Tenant.Configure(func(s *localtenant.Settings) { s.NoSessions = true }); err != nil {
		t.Fatal(err)
	}
	w.staff(supportEmail).get(userPath(customerID, "sessions")).has(t, "plan does not include this", "Ada Lovelace")
}

// Sections that a role does not include are neither linked nor served.
func TestHiddenSections(t *testing.T) {
	w := newWorld(t)
	w.addFactors(customerID)
	w.setUser(customerID, map[string]any{"user_metadata": map[string]any{"hobby": "mountains"}, "app_metadata": map[string]any{"tier": "platinum"}})
	b := w.staff(auditorEmail)
	p := b.get(userPath(customerID))
	for _, section := range []string{"history", "factors", "sessions", "identities", "roles", "metadata", "app-metadata", "edit"} {
		p.lacks(t, `href="`+userPath(customerID, section)+`"`)
		hidden := b.get(userPath(customerID, section))
		if hidden.status != 403 {
			t.Errorf("%s: %d", section, hidden.status)
		}
		hidden.lacks(t, "Authenticator app", "0123", "Ada")
	}
	p.lacks(t, "hobby", "mountains", "tier", "platinum")
}

// What is shown once is neither on a reloaded page nor made again by it.
func TestShownOnce(t *testing.T) {
	w := newWorld(t)
	b := w.staff(supportEmail)
	path := userPath(customerID, "password-link")
	key := b.get(userPath(customerID)).key(path)
	first := b.post(path, url.Values{"key": {key}, "ttl": {"3600"}})
	first.has(t, "It is shown only now.", "ticket=")
	w.tenant.Tenant.ResetStats()
	again := b.post(path, url.Values{"key": {key}, "ttl": {"3600"}})
	if again.status != 409 || w.writes() != 0 {
		t.Errorf("%d, %d changes", again.status, w.writes())
	}
	again.has(t, "already sent")
	again.lacks(t, "ticket=")
	if p := b.post(path, url.Values{"key": {strings.Repeat("A", len(key))}}); p.status != 409 {
		t.Errorf("a key of another page: %d", p.status)
	}
	if p := b.get(path); p.status != 404 {
		t.Errorf("the address of the link: %d", p.status)
	}
	b.get(userPath(customerID)).lacks(t, "ticket=")
	if strings.Contains(w.log.String(), "ticket=") {
		t.Errorf("the log has the link: %s", w.log)
	}
}

// The console tells how far a change has come.
func TestHonestResults(t *testing.T) {
	t.Run("sessions that cannot be ended", func(t *testing.T) {
		w := newWorld(t)
		if err := w.tenant.Tenant.Configure(func(s *localtenant.Settings) { s.NoSessions = true }); err != nil {
			t.Fatal(err)
		}
		b := w.staff(supportEmail)
		p := b.post(userPath(customerID, "block"), nil)
		p.has(t, "The user is blocked: no new sign-in succeeds.", "Sessions could not be ended", "Request <code>")
		p.lacks(t, "signed out everywhere.</strong>")
		w.addFactors(customerID)
		b.post(userPath(customerID, "remove-factors"), nil).has(t, "All factors are removed (2).", "Sessions could not be ended")
		b.post(userPath(customerID, "end-sessions"), nil).has(t, "plan does not include this")
	})
	t.Run("a part only", func(t *testing.T) {
		w := newWorld(t)
		b := w.staff(supportEmail)
		w.tenant.Tenant.Fail(localtenant.Fault{Route: "POST /api/v2/users/{id}/revoke-access", Status: 400})
		p := b.post(userPath(customerID, "block"), nil)
		p.has(t, "Only a part of this was done.", "Do the same again, which completes it.", "Request <code>")
		if !w.isBlocked(customerID) {
			t.Error("the user is not blocked")
		}
	})
	t.Run("nothing", func(t *testing.T) {
		w := newWorld(t)
		b := w.staff(supportEmail)
		b.post(userPath(customerID, "remove-factor"), url.Values{"method": {"totp|none"}}).has(t, "does not have this factor any more", "Request <code>")
		b.post(userPath(customerID, "end-session"), url.Values{"session": {"none"}}).has(t, "already ended")
		key := b.get(userPath("google-oauth2|109876543210987654321"))
		if key.offers(userPath("google-oauth2|109876543210987654321", "password-mail")) {
			t.Error("a password for a user of Google")
		}
	})
	t.Run("unknown", func(t *testing.T) {
		w := newWorld(t)
		b := w.staff(supportEmail)
		w.tenant.Tenant.Fail(localtenant.Fault{Route: "PATCH /api/v2/users/{id}", Status: 500})
		b.post(userPath(customerID, "unblock"), nil).has(t, "It is unknown whether this was done.")
	})
}

// Texts that a user's browser or device chooses are escaped in every section.
func TestHostileSections(t *testing.T) {
	w := newWorld(t)
	w.setUser(customerID, map[string]any{"email_verified": true})
	sections := []string{"history", "factors", "sessions"}
	elements := func(b *browser) (all []map[string]int) {
		for _, section := range sections {
			all = append(all, tags(t, b.get(userPath(customerID, section)).body))
		}
		return all
	}
	prepare := func(text string) *browser {
		t.Helper()
		again := w.in(t)
		agent := strings.Map(func(r rune) rune { // a header has no control characters, and ASCII only
			if r < ' ' || r > '~' {
				return '?'
			}
			return r
		}, text)
		customer := again.newBrowser()
		customer.http.Transport = agentTransport{agent}
		customer.http.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
			if r.URL.Path == "/callback" {
				return http.ErrUseLastResponse
			}
			return nil
		}
		page := customer.send(customer.request("GET", w.service+"/login", nil))
		state := stateField.FindStringSubmatch(page.body)
		if state == nil {
			t.Fatal(page.body)
		}
		customer.send(customer.request("POST", w.tenant.URL+"/u/login", url.Values{
			"state": {state[1]}, "username": {customerEmail}, "password": {localtenant.SamplePassword},
		}))
		status, out := again.manage("POST", "/api/v2/users/"+url.PathEscape(customerID)+"/authentication-methods",
			map[string]any{"type": "totp", "name": strings.ToValidUTF8(text[:min(len(text), 20)], ""), "totp_secret": "JBSWY3DPEHPK3PXP"})
		if status != 201 {
			t.Fatalf("%d %v", status, out)
		}
		return again.staff(supportEmail)
	}
	want := elements(prepare("Harmless"))
	for name, text := range hostile {
		t.Run(name, func(t *testing.T) {
			for i, got := range elements(prepare(text)) {
				for tag, count := range want[i] {
					if got[tag] != count {
						t.Errorf("%s has %d of <%s>, not %d", sections[i], got[tag], tag, count)
					}
				}
			}
		})
	}
}

// agentTransport sends a user agent.
type agentTransport struct{ agent string }

func (a agentTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", a.agent)
	return http.DefaultTransport.RoundTrip(r)
}

// A view costs at most three calls besides the checks.
func TestCallsOfSections(t *testing.T) {
	w := newWorld(t)
	b := w.staff(adminEmail)
	for section, most := range map[string]int{
		"": 0, "history": 2, "factors": 1, "sessions": 1, "identities": 1, "roles": 1, "metadata": 1, "app-metadata": 1, "edit": 0,
	} {
		before := strings.Count(w.audit.String(), "msg=request")
		b.get(userPath(customerID, strings.Fields(section)...))
		if got := strings.Count(w.audit.String(), "msg=request") - before - 2; got != most {
			t.Errorf("%q costs %d calls besides the check of the user", section, got)
		}
	}
}

// A person may end their own sessions at the provider.
func TestOwnSessions(t *testing.T) {
	w := newWorld(t)
	b := w.staff(supportEmail)
	p := b.get(userPath(supportID, "sessions"))
	p.has(t, "This is your own account.", "End all sessions")
	b.post(userPath(supportID, "end-sessions"), nil).has(t, "All sessions at the provider have ended.")
	if len(w.sessions(supportID)) != 0 {
		t.Error("there are sessions left")
	}
}
