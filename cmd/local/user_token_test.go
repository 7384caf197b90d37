package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"usher/localtenant"
	"usher/test/testkit"
)

// A user can change the audience and the scopes in the redirect to the tenant, and so get a token for this
// service with every scope. The service refuses such a token.
func TestUserTokensAreRefused(t *testing.T) {
	addr, tenant := testkit.FreeAddr(t), testkit.FreeAddr(t)
	out, _ := start(t, "-addr", addr, "-tenant-addr", tenant, "-auth", "bearer")
	front := "Bearer " + tokenOf(t, "http://"+tenant, localFrontend, localAudience)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	user := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if r.URL.Host == addr || via[0].URL.Host == addr { // the front-end handles these redirects
			return http.ErrUseLastResponse
		}
		return nil
	}}
	call := func(path, token string) (*http.Response, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+addr+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", token)
		resp, err := user.Do(r)
		return resp, bodyOf(t, resp, err)
	}

	login, _ := call("/login", front)
	authorize, err := login.Location()
	if err != nil {
		t.Fatal(err)
	}
	query := authorize.Query()
	query.Set("audience", localAudience)
	query.Set("scope", "openid usher:sign-in usher:read usher:manage usher:support usher:roles")
	authorize.RawQuery = query.Encode()
	page, err := user.Get(authorize.String())
	if err != nil {
		t.Fatal(err)
	}
	form, _ := io.ReadAll(page.Body)
	page.Body.Close()
	state := regexp.MustCompile(`name="state" value="([^"]+)"`).FindStringSubmatch(string(form))
	if state == nil {
		t.Fatalf("no form: %s", form)
	}
	back, err := user.PostForm("http://"+tenant+"/u/login", url.Values{"state": state[1:], "username": {"ada@example.com"}, "password": {localtenant.SamplePassword}})
	if err != nil {
		t.Fatal(err)
	}
	back.Body.Close()
	callback, err := back.Location()
	if err != nil {
		t.Fatal(err)
	}
	_, body := call(callback.RequestURI(), front)
	var signedIn struct {
		Tokens struct {
			AccessToken string `json:"access_token"`
			Scope       string `json:"scope"`
		} `json:"tokens"`
	}
	if err := json.Unmarshal([]byte(body), &signedIn); err != nil || !strings.Contains(signedIn.Tokens.Scope, "usher:manage") {
		t.Fatalf("the tenant did not issue a token with the scopes: %s, %v", body, err)
	}
	for _, path := range []string{"/users", "/roles", "/login", "/users/auth0%7C65e19a100000000000000001", "/events/auth0%7C65e19a100000000000000001"} {
		if resp, body := call(path, "Bearer "+signedIn.Tokens.AccessToken); resp.StatusCode != 401 || !strings.Contains(body, `"code":"unauthorized"`) {
			t.Errorf("%s: %d %s", path, resp.StatusCode, body)
		}
	}
	if !strings.Contains(out.String(), "of-a-user: its sub is not the client") {
		t.Errorf("log: %s", out)
	}
}
