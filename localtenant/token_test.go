package localtenant_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

// post sends a form to the token endpoint.
func post(t *testing.T, s *tenanttest.Server, form url.Values, basic ...string) (int, string) {
	t.Helper()
	req, err := http.NewRequest("POST", s.URL+"/oauth/token", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if len(basic) == 2 {
		req.SetBasicAuth(url.QueryEscape(basic[0]), url.QueryEscape(basic[1]))
	}
	p := newBrowser(t, s).send(req)
	return p.status, p.body
}

func TestClientAuthentication(t *testing.T) {
	s := tenanttest.Start(t)
	ask := func(id, secret string) url.Values {
		v := url.Values{"grant_type": {"client_credentials"}, "audience": {s.URL + "/api/v2/"}}
		if id != "" {
			v.Set("client_id", id)
			v.Set("client_secret", secret)
		}
		return v
	}
	for name, c := range map[string]struct {
		form  url.Values
		basic []string
		want  int
	}{
		"form":            {ask(localtenant.ClientID, localtenant.ClientSecret), nil, 200},
		"basic":           {ask("", ""), []string{localtenant.ClientID, localtenant.ClientSecret}, 200},
		"wrong secret":    {ask(localtenant.ClientID, "guess"), nil, 401},
		"no secret":       {ask(localtenant.ClientID, ""), nil, 401},
		"wrong basic":     {ask("", ""), []string{localtenant.ClientID, "guess"}, 401},
		"unknown client":  {ask("nobody", localtenant.ClientSecret), nil, 401},
		"nobody":          {ask("", ""), nil, 400},
		"basic beats all": {ask(localtenant.ClientID, localtenant.ClientSecret), []string{localtenant.ClientID, "guess"}, 401},
	} {
		t.Run(name, func(t *testing.T) {
			status, body := post(t, s, c.form, c.basic...)
			if status != c.want {
				t.Fatalf("%d %s, want %d", status, body, c.want)
			}
			if status == 401 && body != `{"error":"access_denied","error_description":"Unauthorized"}` {
				t.Errorf("body %s", body)
			}
		})
	}
}

func TestClientCredentials(t *testing.T) {
	s := tenanttest.Start(t)
	base := map[string]any{
		"grant_type": "client_credentials", "client_id": localtenant.ClientID, "client_secret": localtenant.ClientSecret,
		"audience": s.URL + "/api/v2/", "scope": "read:users",
	}
	a := &api{t: t, url: s.URL}
	body := a.obj("POST", "/oauth/token", base, 200)
	if body["expires_in"] != 86400.0 || body["token_type"] != "Bearer" {
		t.Errorf("body %v", body)
	}
	c := claimsOf(t, body["access_token"])
	for name, want := range map[string]any{
		"iss": s.URL + "/", "sub": "usher-local@clients", "aud": s.URL + "/api/v2/", "azp": "usher-local", "gty": "client-credentials",
	} {
		if c[name] != want {
			t.Errorf("claim %s is %v, want %v", name, c[name], want)
		}
	}
	if scope := c["scope"].(string); !strings.Contains(scope, "delete:users") {
		t.Errorf("a request for fewer scopes must be ignored, got %s", scope)
	}
	for name, change := range map[string]struct {
		set  map[string]any
		want int
		code string
	}{
		"no audience":      {map[string]any{"audience": ""}, 403, "access_denied"},
		"another audience": {map[string]any{"audience": "https://elsewhere"}, 403, "access_denied"},
		"no grant type":    {map[string]any{"grant_type": ""}, 400, "invalid_request"},
		"unknown grant":    {map[string]any{"grant_type": "password"}, 403, "unsupported_grant_type"},
	} {
		t.Run(name, func(t *testing.T) {
			in := map[string]any{}
			for k, v := range base {
				in[k] = v
			}
			for k, v := range change.set {
				in[k] = v
			}
			if got := a.obj("POST", "/oauth/token", in, change.want)["error"]; got != change.code {
				t.Errorf("error %v, want %s", got, change.code)
			}
		})
	}
	if got := s.Tenant.Stats().Tokens; got != 1 {
		t.Errorf("%d tokens counted, want 1: refusals are none", got)
	}
}

func TestBearerTokens(t *testing.T) {
	now := newClock()
	s := tenanttest.Start(t, now.option)
	a := newAPI(t, s)
	good := a.token
	parts := strings.Split(good, ".")
	forge := func(from, to string) string {
		b, _ := base64.RawURLEncoding.DecodeString(parts[1])
		return parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(b), from, to, 1))) + "." + parts[2]
	}
	other := newAPI(t, tenanttest.Start(t, now.option)).token // the same key, another issuer
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + parts[1] + "."
	for name, c := range map[string]struct {
		token  string
		status int
		text   string
	}{
		"missing":        {"", 401, "Missing authentication"},
		"not a JWT":      {"opaque", 401, "Invalid token"},
		"forged scope":   {forge("read:users", "read:loser"), 401, "Invalid signature received for JSON Web Token validation"},
		"no algorithm":   {none, 401, "Invalid token"},
		"another issuer": {other, 401, "Invalid token"},
		"good":           {good, 200, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := &api{t: t, url: s.URL, token: c.token}
			status, body := a.call("GET", "/api/v2/users?include_totals=true", nil)
			if m := body.(map[string]any); status != c.status || (c.text != "" && m["message"] != c.text) {
				t.Errorf("%d %v, want %d %s", status, body, c.status, c.text)
			}
		})
	}
	t.Run("a user's token", func(t *testing.T) {
		id := newBrowser(t, s).signIn(s, "ada@example.com", localtenant.SamplePassword, nil).Get("code")
		_, tokens := redeem(t, s, id, nil)
		a := &api{t: t, url: s.URL, token: tokens["id_token"].(string)}
		if body := a.obj("GET", "/api/v2/users", nil, 401); body["message"] != "Bad audience: usher-local" {
			t.Errorf("body %v", body)
		}
	})
	t.Run("expired", func(t *testing.T) {
		now.Advance(24*time.Hour - time.Second)
		a.obj("GET", "/api/v2/users?include_totals=true", nil, 200)
		now.Advance(time.Second)
		body := a.obj("GET", "/api/v2/users", nil, 401)
		if body["message"] != "Expired token received for JSON Web Token validation" {
			t.Errorf("body %v", body)
		}
	})
	t.Run("revoked", func(t *testing.T) {
		a := newAPI(t, s)
		s.Tenant.RevokeManagementTokens()
		a.obj("GET", "/api/v2/users", nil, 401)
		newAPI(t, s).obj("GET", "/api/v2/users?include_totals=true", nil, 200)
	})
}

func TestScopes(t *testing.T) {
	s := tenanttest.Start(t)
	s.Tenant.SetScopes("read:roles")
	a := newAPI(t, s)
	for _, c := range []struct{ method, path, want string }{
		{"GET", "/api/v2/users", "read:users"},
		{"POST", "/api/v2/users", "create:users"},
		{"GET", "/api/v2/users/auth0%7C1", "read:users"},
		{"PATCH", "/api/v2/users/auth0%7C1", "update:users"},
		{"DELETE", "/api/v2/users/auth0%7C1", "delete:users"},
		{"GET", "/api/v2/users-by-email?email=a@b.c", "read:users"},
		{"GET", "/api/v2/connections", "read:connections"},
		{"GET", "/api/v2/connections/con_Local0000000001x", "read:connections"},
	} {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			body := a.obj(c.method, c.path, nil, 403)
			text, _ := body["message"].(string)
			if body["errorCode"] != "insufficient_scope" || !strings.HasPrefix(text, "Insufficient scope, expected any of: "+c.want) {
				t.Errorf("body %v", body)
			}
			s.Tenant.SetScopes(c.want)
			if status, body := newAPI(t, s).call(c.method, c.path, nil); status == 403 || status == 401 {
				t.Errorf("with the scope: %d %v", status, body)
			}
		})
	}
	t.Run("removing one", func(t *testing.T) {
		s.Tenant.SetScopes("read:users", "delete:users")
		s.Tenant.RemoveScope("read:users")
		a := newAPI(t, s)
		a.obj("GET", "/api/v2/users", nil, 403)
		a.obj("DELETE", "/api/v2/users/auth0%7C1", nil, 204)
	})
}

func TestSetClientSecret(t *testing.T) {
	s := tenanttest.Start(t)
	s.Tenant.SetClientSecret("another")
	form := url.Values{
		"grant_type": {"client_credentials"}, "audience": {s.URL + "/api/v2/"},
		"client_id": {localtenant.ClientID}, "client_secret": {localtenant.ClientSecret},
	}
	if status, body := post(t, s, form); status != 401 {
		t.Errorf("the old secret: %d %s", status, body)
	}
	form.Set("client_secret", "another")
	if status, body := post(t, s, form); status != 200 {
		t.Errorf("the new secret: %d %s", status, body)
	}
}

// An application that was granted nothing of the Management API gets no token for it.
func TestNoTokenWithoutAGrant(t *testing.T) {
	s := tenanttest.Start(t)
	s.Tenant.SetScopes()
	status, body := redeem(t, s, "", map[string]any{"grant_type": "client_credentials", "audience": s.Tenant.Audience()})
	description, _ := body["error_description"].(string)
	if status != 403 || body["error"] != "access_denied" || !strings.HasPrefix(description, "Client is not authorized to access \""+s.URL+"/api/v2/\"") {
		t.Errorf("%d %v", status, body)
	}
}
