package api

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"usher/localtenant"
)

// authentication is what the callback's answer says of it.
func authentication(t *testing.T, got answer) (mfa bool, at time.Time) {
	t.Helper()
	wantAnswer(t, got, 200, "")
	said := got.json(t)["authentication"].(map[string]any)
	if text, ok := said["time"].(string); ok {
		at = must(time.Parse(time.RFC3339, text))
	}
	return said["mfa"].(bool), at
}

// without takes parameters out of the authorization URL, as a person may who
// is sent there.
func without(t *testing.T, location string, names ...string) string {
	t.Helper()
	u := must(url.Parse(location))
	q := u.Query()
	for _, name := range names {
		if !q.Has(name) {
			t.Fatalf("%s is not asked for", name)
		}
		q.Del(name)
	}
	u.RawQuery = q.Encode()
	return u.String()
}

func TestSignInWithMFA(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		b := newBrowser(t, s)
		began := time.Now().Truncate(time.Second)
		mfa, at := authentication(t, b.get(t, b.signInThrough(t, b.begin(t, "?mfa=required"), "ada@example.com")))
		if !mfa || at.Before(began) {
			t.Errorf("enrolling: mfa %t, at %s", mfa, at)
		}
		if mfa, _ := authentication(t, b.get(t, b.signInThrough(t, b.begin(t, "?mfa=required&return_to=/x"), "ada@example.com"))); !mfa {
			t.Error("in the same session: no second factor")
		}
		if mfa, _ := authentication(t, b.get(t, b.signInThrough(t, b.begin(t, ""), "ada@example.com"))); mfa {
			t.Error("an ordinary sign-in, by the session, passes for one with a second factor")
		}
		other := newBrowser(t, s)
		other.secret, other.steps = b.secret, b.steps
		if mfa, _ := authentication(t, other.get(t, other.signInThrough(t, other.begin(t, "?mfa=required"), "ada@example.com"))); !mfa {
			t.Error("in another browser: no second factor")
		}
		if strings.Contains(s.log.String(), b.secret) {
			t.Error("the secret is in the log")
		}
	})
}

// What was asked for cannot be taken out of the way to the provider.
func TestMFAThatIsNotProvedIsRefused(t *testing.T) {
	tests := map[string]struct {
		policy   localtenant.MFAPolicy
		stripped []string
		session  string // a sign-in before, in the same browser
	}{
		"the demand is stripped":                 {localtenant.MFARequested, []string{"acr_values"}, ""},
		"the demand is stripped, and the age":    {localtenant.MFARequested, []string{"acr_values", "max_age"}, ""},
		"a session, and all is stripped":         {localtenant.MFARequested, []string{"acr_values", "max_age"}, "?"},
		"a session with MFA, and all stripped":   {localtenant.MFARequested, []string{"acr_values", "max_age"}, "?mfa=required"},
		"only the age is stripped":               {localtenant.MFARequested, []string{"max_age"}, "?mfa=required"},
		"the tenant ignores the demand":          {localtenant.MFANever, nil, ""},
		"the tenant ignores it, after a sign-in": {localtenant.MFANever, nil, "?"},
	}
	asDeployed(t, func(t *testing.T, s *service) {
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				b := newBrowser(t, s)
				email := strings.ReplaceAll(name, " ", "-") + "@example.com"
				id := s.addUser(localtenant.User{Email: email, Password: localtenant.SamplePassword})
				if tt.session != "" {
					wantAnswer(t, b.get(t, b.signInThrough(t, b.begin(t, strings.TrimSuffix(tt.session, "?")), email)), 200, "")
				}
				s.configure(t, func(c *localtenant.Settings) { c.MFA = tt.policy })
				defer s.configure(t, func(c *localtenant.Settings) { c.MFA = localtenant.MFARequested })
				callback := b.signInThrough(t, without(t, b.begin(t, "?mfa=required"), tt.stripped...), email)
				before := len(s.log.String())
				got := b.get(t, callback)
				wantAnswer(t, got, 403, "mfa-not-proved")
				if strings.Contains(string(got.body), "token") || !strings.Contains(got.header.Get("Set-Cookie"), "Max-Age=0") {
					t.Errorf("%s, %s", got.body, got.header)
				}
				if lines := auditLines(t, s.log.String()[before:]); len(lines) != 1 || lines[0]["user"] != id || lines[0]["outcome"] != "refused" {
					t.Errorf("audited %v", lines)
				}
				wantAnswer(t, b.get(t, callback), 400, "state-not-from-this-browser")
			})
		}
	})
}

func TestLoginAsksForMFA(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		q := must(url.Parse(newBrowser(t, s).begin(t, "?mfa=required"))).Query()
		if q.Get("acr_values") != "http://schemas.openid.net/pape/policies/2007/06/multi-factor" || q.Get("max_age") != "0" {
			t.Errorf("asked with %v", q)
		}
		q = must(url.Parse(newBrowser(t, s).begin(t, ""))).Query()
		if q.Has("acr_values") || q.Has("max_age") {
			t.Errorf("nobody asked for it: %v", q)
		}
		for query, field := range map[string]string{"mfa=yes": "mfa", "mfa=": "mfa", "mfa=required&mfa=required": "mfa", "mfa=required&prompt=none": "prompt"} {
			got := s.as(t, "GET", "/login?"+query, "")
			wantAnswer(t, got, 400, "invalid-request")
			if !strings.Contains(string(got.body), `"field":"`+field+`"`) {
				t.Errorf("%s: %s", query, got.body)
			}
		}
	})
}
