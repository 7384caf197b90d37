package localtenant_test

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"

	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

// TestSignIn goes through everything with the libraries that the service uses.
func TestSignIn(t *testing.T) {
	ctx := context.Background()
	s := tenanttest.Start(t)
	provider, err := oidc.NewProvider(ctx, s.URL+"/")
	if err != nil {
		t.Fatal(err)
	}
	for name, style := range map[string]oauth2.AuthStyle{"form": oauth2.AuthStyleInParams, "basic": oauth2.AuthStyleInHeader} {
		t.Run(name, func(t *testing.T) {
			endpoint := provider.Endpoint()
			endpoint.AuthStyle = style
			conf := &oauth2.Config{
				ClientID: localtenant.ClientID, ClientSecret: localtenant.ClientSecret, Endpoint: endpoint,
				RedirectURL: callback, Scopes: []string{"openid", "profile", "email", "offline_access"},
			}
			b := newBrowser(t, s)
			p := b.get(conf.AuthCodeURL("the state", oidc.Nonce("the nonce"), oauth2.S256ChallengeOption(verifier)))
			p = b.submit(p, url.Values{"username": {"ada@example.com"}, "password": {localtenant.SamplePassword}})
			back, err := url.Parse(p.location)
			if err != nil || !strings.HasPrefix(p.location, callback+"?") || back.Query().Get("state") != "the state" {
				t.Fatalf("callback %q: %d %s", p.location, p.status, p.body)
			}
			tok, err := conf.Exchange(ctx, back.Query().Get("code"), oauth2.VerifierOption(verifier))
			if err != nil {
				t.Fatal(err)
			}
			raw, _ := tok.Extra("id_token").(string)
			id, err := provider.Verifier(&oidc.Config{ClientID: localtenant.ClientID}).Verify(ctx, raw)
			if err != nil {
				t.Fatal(err)
			}
			if id.Nonce != "the nonce" || id.Issuer != s.URL+"/" || !strings.HasPrefix(id.Subject, "auth0|") {
				t.Errorf("ID token %+v", id)
			}
			info, err := provider.UserInfo(ctx, conf.TokenSource(ctx, tok))
			if err != nil || info.Email != "ada@example.com" || !info.EmailVerified || info.Subject != id.Subject {
				t.Errorf("userinfo %+v %v", info, err)
			}
			again, err := conf.TokenSource(ctx, &oauth2.Token{RefreshToken: tok.RefreshToken}).Token()
			if err != nil || again.AccessToken == tok.AccessToken {
				t.Errorf("refresh: %v", err)
			}
		})
	}
}

func TestIDToken(t *testing.T) {
	now := newClock()
	s := tenanttest.Start(t, now.option)
	for name, c := range map[string]struct {
		extra map[string]string
		want  []string
	}{
		"openid":    {map[string]string{"scope": "openid"}, []string{"aud", "exp", "iat", "iss", "nonce", "sid", "sub"}},
		"no nonce":  {map[string]string{"scope": "openid", "nonce": ""}, []string{"aud", "exp", "iat", "iss", "sid", "sub"}},
		"email":     {map[string]string{"scope": "openid email"}, []string{"aud", "email", "email_verified", "exp", "iat", "iss", "nonce", "sid", "sub"}},
		"max_age":   {map[string]string{"scope": "openid", "max_age": "60"}, []string{"aud", "auth_time", "exp", "iat", "iss", "nonce", "sid", "sub"}},
		"prompt":    {map[string]string{"scope": "openid", "prompt": "login"}, []string{"aud", "auth_time", "exp", "iat", "iss", "nonce", "sid", "sub"}},
		"profile":   {map[string]string{"scope": "openid profile"}, []string{"aud", "exp", "family_name", "given_name", "iat", "iss", "name", "nickname", "nonce", "picture", "sid", "sub", "updated_at"}},
		"no openid": {map[string]string{"scope": "email"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			q := newBrowser(t, s).signIn(s, "ada@example.com", localtenant.SamplePassword, c.extra)
			status, body := redeem(t, s, q.Get("code"), nil)
			if status != 200 {
				t.Fatalf("%d %v", status, body)
			}
			if c.want == nil {
				if body["id_token"] != nil {
					t.Errorf("an ID token that nobody asked for")
				}
				return
			}
			got := claimsOf(t, body["id_token"])
			if diff := cmp.Diff(c.want, keys(got)); diff != "" {
				t.Error(diff)
			}
			if got["iat"] != float64(now.Now().Unix()) || got["exp"] != float64(now.Now().Add(10*time.Hour).Unix()) {
				t.Errorf("times %v %v", got["iat"], got["exp"])
			}
			if body["refresh_token"] != nil {
				t.Errorf("a refresh token without offline_access")
			}
		})
	}
}

func TestAuthorizationCode(t *testing.T) {
	now := newClock()
	s := tenanttest.Start(t, now.option)
	code := func(t *testing.T, extra map[string]string) string {
		return newBrowser(t, s).signIn(s, "ada@example.com", localtenant.SamplePassword, extra).Get("code")
	}
	for name, c := range map[string]struct {
		authorize map[string]string
		redeem    map[string]any
		status    int
		text      string
	}{
		"good":                 {nil, nil, 200, ""},
		"without PKCE":         {map[string]string{"code_challenge": "", "code_challenge_method": ""}, nil, 200, ""},
		"wrong verifier":       {nil, map[string]any{"code_verifier": "wrong"}, 403, "Failed to verify code verifier"},
		"no verifier":          {nil, map[string]any{"code_verifier": ""}, 403, "Failed to verify code verifier"},
		"another redirect URI": {nil, map[string]any{"redirect_uri": "http://localhost:3000/callback"}, 403, "The redirect URI is wrong."},
		"no redirect URI":      {nil, map[string]any{"redirect_uri": ""}, 403, "The redirect URI is wrong."},
		"wrong secret":         {nil, map[string]any{"client_secret": "guess"}, 401, "Unauthorized"},
		"wrong code":           {nil, map[string]any{"code": "guess"}, 403, "Invalid authorization code"},
		"no code":              {nil, map[string]any{"code": ""}, 400, "Missing required parameter: code"},
	} {
		t.Run(name, func(t *testing.T) {
			status, body := redeem(t, s, code(t, c.authorize), c.redeem)
			text, _ := body["error_description"].(string)
			if status != c.status || !strings.HasPrefix(text, c.text) {
				t.Errorf("%d %v, want %d %s", status, body, c.status, c.text)
			}
		})
	}
	refused := func(t *testing.T, code string) {
		t.Helper()
		status, body := redeem(t, s, code, nil)
		want := map[string]any{"error": "invalid_grant", "error_description": "Invalid authorization code"}
		if diff := cmp.Diff(want, body); status != 403 || diff != "" {
			t.Errorf("%d %s", status, diff)
		}
	}
	t.Run("used twice", func(t *testing.T) {
		c := code(t, nil)
		if status, body := redeem(t, s, c, nil); status != 200 {
			t.Fatalf("%d %v", status, body)
		}
		refused(t, c)
	})
	t.Run("used after a failure", func(t *testing.T) {
		c := code(t, nil)
		redeem(t, s, c, map[string]any{"code_verifier": "wrong"})
		refused(t, c)
	})
	t.Run("too late", func(t *testing.T) {
		c := code(t, nil)
		now.Advance(time.Minute)
		refused(t, c)
	})
}

func TestAuthorizeRefusals(t *testing.T) {
	s := tenanttest.Start(t)
	t.Run("nothing goes to an untrusted redirect URI", func(t *testing.T) {
		for name, extra := range map[string]map[string]string{
			"another host":   {"redirect_uri": "http://evil.example/callback"},
			"a longer path":  {"redirect_uri": callback + "/more"},
			"a query":        {"redirect_uri": callback + "?x=1"},
			"another case":   {"redirect_uri": "http://127.0.0.1:3000/Callback"},
			"none":           {"redirect_uri": ""},
			"unknown client": {"client_id": "nobody"},
		} {
			p := newBrowser(t, s).get(authorizeURL(s, extra))
			if p.location != "" || p.status < 400 || !strings.Contains(p.body, `role="alert"`) {
				t.Errorf("%s: %d to %q", name, p.status, p.location)
			}
		}
	})
	t.Run("other errors go back to the application", func(t *testing.T) {
		for name, c := range map[string]struct {
			extra map[string]string
			code  string
		}{
			"response type":      {map[string]string{"response_type": "token"}, "unsupported_response_type"},
			"no response type":   {map[string]string{"response_type": ""}, "invalid_request"},
			"plain PKCE":         {map[string]string{"code_challenge_method": "plain"}, "invalid_request"},
			"no method":          {map[string]string{"code_challenge_method": ""}, "invalid_request"},
			"method alone":       {map[string]string{"code_challenge": ""}, "invalid_request"},
			"short challenge":    {map[string]string{"code_challenge": "x"}, "invalid_request"},
			"unknown API":        {map[string]string{"audience": "https://elsewhere"}, "access_denied"},
			"unknown connection": {map[string]string{"connection": "nope"}, "invalid_request"},
			"max_age":            {map[string]string{"max_age": "soon"}, "invalid_request"},
			"silent":             {map[string]string{"prompt": "none"}, "login_required"},
		} {
			p := newBrowser(t, s).get(authorizeURL(s, c.extra))
			u, _ := url.Parse(p.location)
			if p.status != http.StatusFound || !strings.HasPrefix(p.location, callback+"?") ||
				u.Query().Get("error") != c.code || u.Query().Get("state") != "st" {
				t.Errorf("%s: %d to %q, want %s", name, p.status, p.location, c.code)
			}
		}
	})
	t.Run("an allowed one more", func(t *testing.T) {
		s := tenanttest.Start(t, func(o *localtenant.Options) { o.Callbacks = []string{"https://app.example/cb"} })
		p := newBrowser(t, s).get(authorizeURL(s, map[string]string{"redirect_uri": "https://app.example/cb"}))
		if p.status != 200 || !strings.Contains(p.header.Get("Content-Security-Policy"), "form-action 'self' https://app.example;") {
			t.Errorf("%d %s", p.status, p.header.Get("Content-Security-Policy"))
		}
	})
}

func TestSingleSignOn(t *testing.T) {
	now := newClock()
	s := tenanttest.Start(t, now.option)
	b := newBrowser(t, s)
	b.signIn(s, "ada@example.com", localtenant.SamplePassword, nil)
	for _, c := range []struct {
		name  string
		wait  time.Duration
		extra map[string]string
		asks  bool
	}{
		{"at once", 0, nil, false},
		{"silently", 0, map[string]string{"prompt": "none"}, false},
		{"asked to log in", 0, map[string]string{"prompt": "login"}, true},
		{"asked to log in again", 0, map[string]string{"max_age": "0"}, true},
		{"fresh enough", time.Minute, map[string]string{"max_age": "60"}, false},
		{"too old", time.Second, map[string]string{"max_age": "60"}, true},
		{"a day later", 24 * time.Hour, nil, false},
		{"idle for three days", 3 * 24 * time.Hour, nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			now.Advance(c.wait)
			p := b.get(authorizeURL(s, c.extra))
			if asks := p.location == ""; asks != c.asks {
				t.Errorf("asks for a password: %v, want %v", asks, c.asks)
			}
		})
	}
}

func TestRefresh(t *testing.T) {
	now := newClock()
	s := tenanttest.Start(t, now.option)
	q := newBrowser(t, s).signIn(s, "ada@example.com", localtenant.SamplePassword, nil)
	_, tokens := redeem(t, s, q.Get("code"), nil)
	refresh := func(extra map[string]any) (int, map[string]any) {
		in := map[string]any{"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
		for k, v := range extra {
			in[k] = v
		}
		return redeem(t, s, "", in)
	}
	if status, body := refresh(nil); status != 200 || claimsOf(t, body["id_token"])["nonce"] != nil || body["refresh_token"] != nil {
		t.Errorf("%d %v", status, body)
	}
	if err := s.Tenant.Configure(func(c *localtenant.Settings) { c.RepeatNonce = true }); err != nil {
		t.Fatal(err)
	}
	if _, body := refresh(nil); claimsOf(t, body["id_token"])["nonce"] != "no" {
		t.Errorf("the nonce is not repeated: %v", claimsOf(t, body["id_token"]))
	}
	if status, body := refresh(map[string]any{"scope": "openid"}); status != 200 || body["scope"] != "openid" {
		t.Errorf("fewer scopes: %d %v", status, body)
	}
	unknown := map[string]any{"error": "invalid_grant", "error_description": "Unknown or invalid refresh token."}
	for name, extra := range map[string]map[string]any{"unknown": {"refresh_token": "guess"}, "wrong secret": {"client_secret": "x"}} {
		status, body := refresh(extra)
		if name == "unknown" && (status != 403 || !cmp.Equal(unknown, body)) || name != "unknown" && status != 401 {
			t.Errorf("%s: %d %v", name, status, body)
		}
	}
	now.Advance(30 * 24 * time.Hour)
	if status, body := refresh(nil); status != 403 || !cmp.Equal(unknown, body) {
		t.Errorf("expired: %d %v", status, body)
	}
}

func TestUserinfoRefuses(t *testing.T) {
	now := newClock()
	s := tenanttest.Start(t, now.option)
	q := newBrowser(t, s).signIn(s, "ada@example.com", localtenant.SamplePassword, nil)
	_, tokens := redeem(t, s, q.Get("code"), nil)
	a := &api{t: t, url: s.URL, token: tokens["access_token"].(string)}
	a.obj("GET", "/userinfo", nil, 200)
	for _, token := range []string{"", "guess", newAPI(t, s).token, tokens["id_token"].(string)} {
		if status, body := (&api{t: t, url: s.URL, token: token}).call("GET", "/userinfo", nil); status != 401 || body != "Unauthorized" {
			t.Errorf("token %.10q: %d %v", token, status, body)
		}
	}
	now.Advance(24 * time.Hour)
	if status, _ := a.call("GET", "/userinfo", nil); status != 401 {
		t.Errorf("expired: %d", status)
	}
}

func TestLogout(t *testing.T) {
	s := tenanttest.Start(t)
	b := newBrowser(t, s)
	b.signIn(s, "ada@example.com", localtenant.SamplePassword, nil)
	p := b.get(s.URL + "/v2/logout?client_id=usher-local&returnTo=" + url.QueryEscape("http://127.0.0.1:3000"))
	if p.location != "http://127.0.0.1:3000" {
		t.Errorf("%d to %q", p.status, p.location)
	}
	if p := b.get(authorizeURL(s, nil)); p.location != "" {
		t.Error("still signed in")
	}
	for _, q := range []string{"client_id=usher-local&returnTo=http://evil.example", "returnTo=http://127.0.0.1:3000", "client_id=nobody"} {
		if p := b.get(s.URL + "/v2/logout?" + q); p.status != 400 || p.location != "" {
			t.Errorf("%s: %d to %q", q, p.status, p.location)
		}
	}
	if p := b.get(s.URL + "/v2/logout"); p.status != 200 || p.body != "OK" {
		t.Errorf("plain: %d %s", p.status, p.body)
	}
}

func keys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
