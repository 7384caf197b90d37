package api

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"usher/internal/config"
	"usher/internal/limits"
	"usher/localtenant"
)

const appsCallback = "https://app.example.com/callback"

// at is where a redirect leads, with its query.
func at(t *testing.T, got answer) url.Values {
	t.Helper()
	wantAnswer(t, got, 302, "")
	return must(url.Parse(got.header.Get("Location"))).Query()
}

// A front-end's own addresses are what it may choose from, and what is chosen for
// it; only what nobody may use is a fault of the request.
func TestAddressesOfAFrontEnd(t *testing.T) {
	eachAuth(t, func(t *testing.T, a auth) {
		_, shop := shopIn(t, a, `"redirect_uris":["`+appsCallback+`"],"post_logout_redirect_uris":["`+bye+`"]`)
		if got := at(t, shop.as(t, "GET", "/login", "")).Get("redirect_uri"); got != appsCallback {
			t.Errorf("a sign-in returns to %q", got)
		}
		if got := at(t, shop.as(t, "GET", "/login?redirect_uri="+url.QueryEscape(appsCallback), "")).Get("redirect_uri"); got != appsCallback {
			t.Errorf("a sign-in returns to %q", got)
		}
		wantRule(t, shop.as(t, "GET", "/login?redirect_uri="+url.QueryEscape(base+"/callback"), ""), "shop.redirect_uris")
		wantAnswer(t, shop.as(t, "GET", "/login?redirect_uri=https://evil.example.com/", ""), 400, "invalid-request")
		if got := at(t, shop.as(t, "GET", "/logout", "")).Get("post_logout_redirect_uri"); got != bye {
			t.Errorf("a sign-out returns to %q", got)
		}
		wantRule(t, shop.as(t, "GET", "/logout?post_logout_redirect_uri="+url.QueryEscape(base+"/"), ""), "shop.post_logout_redirect_uris")
		wantAnswer(t, shop.as(t, "GET", "/logout?post_logout_redirect_uri=https://evil.example.com/", ""), 400, "invalid-request")
	})
}

// The sealed redirect URI is held to the limits of the time, whatever was asked for
// beside it.
func TestRedirectURIsThatAreLimitedSince(t *testing.T) {
	eachAuth(t, func(t *testing.T, a auth) {
		free, shop := shopIn(t, a, `"redirect_uris":["`+appsCallback+`"]`)
		for _, query := range []string{"", "?connection=" + localtenant.Connection, "?mfa=required"} {
			b := newBrowser(t, free)
			target := b.begin(t, query)
			state := must(url.Parse(target)).Query().Get("state")
			b.s = shop
			wantRule(t, b.get(t, "/callback?code=x&state="+state), "shop.redirect_uris")
		}
	})
}

// A front-end's only connection is requested without being named; several are
// the user's choice, which is looked at afterwards.
func TestSignInWithinConnections(t *testing.T) {
	eachAuth(t, func(t *testing.T, a auth) {
		free, one := shopIn(t, a, `"connections":["github"]`)
		if got := at(t, one.as(t, "GET", "/login", "")).Get("connection"); got != "github" {
			t.Errorf("asked for %q", got)
		}
		b := newBrowser(t, one)
		wantAnswer(t, b.get(t, b.signInThrough(t, b.begin(t, ""), "octo@example.com")), 200, "")

		two := free.under(t, a, "allow", `"connections":["github","google-oauth2"]`).by(a.caller("shop"))
		if got := at(t, two.as(t, "GET", "/login", "")); got.Has("connection") {
			t.Errorf("asked for %q", got.Get("connection"))
		}
		b = newBrowser(t, two)
		got := b.get(t, b.signedIn(t, "")) // by a password
		wantRule(t, got, "shop.connections")
		if strings.Contains(string(got.body), "ada") || strings.Contains(string(got.body), "token") {
			t.Errorf("%s", got.body)
		}
		none := free.under(t, a, "allow", `"connections":[]`).by(a.caller("shop"))
		wantRule(t, none.as(t, "GET", "/login", ""), "shop.connections")

		// What was asked for when it was allowed is refused before the code is redeemed.
		b = newBrowser(t, free)
		target := b.signInThrough(t, b.begin(t, "?connection=google-oauth2"), "octa@example.com")
		b.s = one
		one.tenant.Tenant.ResetStats()
		wantRule(t, b.get(t, target), "shop.connections")
		if calls := one.tenant.Tenant.Stats().Requests; calls > 0 {
			t.Errorf("%d calls", calls)
		}
	})
}

// The front-end that begins a sign-in finishes it, with or without limits, whatever the
// session's name is. The cookie stays in the browser for that.
func TestSignInBelongsToItsFrontEnd(t *testing.T) {
	eachAuth(t, func(t *testing.T, a auth) {
		s := start(t, a.way)
		policy := s.under(t, a, "allow", `"app_metadata":true`)
		for name, s := range map[string]*service{"no limits": s, "limits": policy} {
			t.Run(name, func(t *testing.T) {
				b := newBrowser(t, s.by(a.caller("shop")))
				target := b.signedIn(t, "?return_to=/secret")
				for _, other := range []string{"intranet", "shop2"} {
					b.s = s.by(a.caller(other))
					s.tenant.Tenant.ResetStats()
					got := b.get(t, target)
					wantAnswer(t, got, 403, "state-not-from-this-front-end")
					wantReturnTo(t, got, "state-not-from-this-front-end", nil)
					if calls := s.tenant.Tenant.Stats().Requests; calls > 0 || got.header.Get("Set-Cookie") != "" {
						t.Errorf("%d calls, and %s", calls, got.header.Get("Set-Cookie"))
					}
				}
				b.s = s.by(a.caller("shop"))
				wantAnswer(t, b.get(t, target), 200, "")
			})
		}
	})
}

// In the setting without a cookie the state carries it.
func TestUnboundSignInBelongsToItsFrontEnd(t *testing.T) {
	eachAuth(t, func(t *testing.T, a auth) {
		s := start(t, a.way, func(s *setup) {
			s.config.Binding = config.BindingNone
			s.config.RedirectURIs = []string{base + "/callback"}
		})
		b := newBrowser(t, s.by(a.caller("shop")))
		target := b.signedIn(t, "?return_to=/secret")
		b.s = s.by(a.caller("intranet"))
		wantReturnTo(t, b.get(t, target), "state-not-from-this-front-end", nil)
		b.s = s.by(a.caller("shop"))
		wantAnswer(t, b.get(t, target), 200, "")
	})
}

// Tokens without an ID token do not tell whose they are.
func TestRefreshOfNobodyKnown(t *testing.T) {
	eachAuth(t, func(t *testing.T, a auth) {
		free, shop := shopIn(t, a, `"connections":["`+localtenant.Connection+`"]`)
		refresh := func() string { return newBrowser(t, free).tokens(t)["refresh_token"].(string) }
		wantAnswer(t, free.as(t, "POST", "/token", `{"refresh_token":"`+refresh()+`","scope":"email"}`), 200, "")
		wantRule(t, shop.as(t, "POST", "/token", `{"refresh_token":"`+refresh()+`","scope":"email"}`), "shop.connections")
		wantAnswer(t, shop.as(t, "POST", "/token", `{"refresh_token":"`+refresh()+`"}`), 200, "")
	})
}

// A token outlives its user; the front-ends of others learn nothing of them then.
func TestTokensOfUsersWhoAreGone(t *testing.T) {
	eachAuth(t, func(t *testing.T, a auth) {
		free, shop := shopIn(t, a, `"connections":["`+localtenant.Connection+`"]`)
		body := `{"token":"` + newBrowser(t, free).tokens(t)["id_token"].(string) + `"}`
		wantAnswer(t, shop.as(t, "POST", "/introspect", body), 200, "")
		wantAnswer(t, free.as(t, "DELETE", "/users/"+url.PathEscape(ada), ""), 204, "")
		wantAnswer(t, free.as(t, "POST", "/introspect", body), 200, "")
		wantRule(t, shop.as(t, "POST", "/introspect", body), "shop.connections")
		wantAnswer(t, shop.as(t, "POST", "/introspect", `{"token":"`+strings.Repeat("a.", 2)+`a"}`), 200, "")
	})
}

// Where nobody is authenticated, nobody is listed.
func TestNobodyIsListed(t *testing.T) {
	const text = `{"unlisted":"%s","front_ends":[{"name":"shop","client_id":"shop","connections":[]}]}`
	for _, w := range []way{ways[0], ways[2]} {
		for unlisted, status := range map[string]int{"allow": http.StatusOK, "refuse": http.StatusForbidden} {
			s := start(t, w, func(s *setup) {
				s.config.Limits = must(limits.Parse(strings.Replace(text, "%s", unlisted, 1), s.config.Deployment()))
			})
			if got := s.as(t, "GET", "/users/"+url.PathEscape(ada), ""); got.status != status {
				t.Errorf("%s, %s: %d %s", w.name, unlisted, got.status, got.body)
			}
		}
	}
}
