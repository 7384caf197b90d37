package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestLoginIsRelayed(t *testing.T) {
	own := "__Host-usher-x=sealed; Path=/; Max-Age=600; HttpOnly; Secure; SameSite=Lax"
	h, _, s := start(t, map[string]http.HandlerFunc{"GET /login": redirect(own, "__Host-session=planted; Path=/; Secure", "other=1")})
	resp := send(h, "GET", "/login?return_to=%2Faccount&redirect_uri=https%3A%2F%2Fevil.example&prompt=none", nil, sessionCookie+"=mine")
	if resp.StatusCode != 302 || resp.Header.Get("Location") != "/elsewhere" || s.elsewhere != 0 {
		t.Errorf("%d to %q, %d requests there", resp.StatusCode, resp.Header.Get("Location"), s.elsewhere)
	}
	if got := resp.Header.Values("Set-Cookie"); !slices.Equal(got, []string{own}) {
		t.Errorf("the browser gets the cookies %q", got)
	}
	want := url.Values{"redirect_uri": {"https://app.example/callback"}, "return_to": {"/account"}}
	if got := s.asked[0]; got.URL.RawQuery != want.Encode() || got.Header.Get("Cookie") != "" {
		t.Errorf("Usher was asked %q with the cookies %q", got.URL.RawQuery, got.Header.Get("Cookie"))
	}
}

// Sign-ins that nobody finishes do not add up to more than the gateway takes.
func TestSignInsDoNotAddUp(t *testing.T) {
	h, _, _ := start(t, map[string]http.HandlerFunc{"GET /login": redirect("__Host-usher-new=sealed; Path=/; Secure")})
	var cookies []string
	for i := range maxSignIns {
		resp := send(h, "GET", "/login", nil, append(cookies, sessionCookie+"=mine")...)
		if got := resp.Header.Values("Set-Cookie"); len(got) != 1 {
			t.Errorf("after %d the browser gets the cookies %q", i, got)
		}
		cookies = append(cookies, fmt.Sprintf("__Host-usher-%d=sealed", i))
	}
	got := send(h, "GET", "/login", nil, append(cookies, sessionCookie+"=mine")...).Cookies()
	if len(got) != maxSignIns+1 || got[maxSignIns].Name != "__Host-usher-new" || got[maxSignIns].MaxAge < 0 {
		t.Fatalf("the browser gets the cookies %v", got)
	}
	for i, c := range got[:maxSignIns] {
		if c.Name != fmt.Sprintf("__Host-usher-%d", i) || c.MaxAge >= 0 || !c.Secure || c.Path != "/" {
			t.Errorf("the browser gets %v", c)
		}
	}
}

func TestCallbackIsRelayed(t *testing.T) {
	h, a, s := start(t, map[string]http.HandlerFunc{})
	s.answers["GET /callback"] = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("Set-Cookie", "__Host-usher-x=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax")
		_, _ = io.WriteString(w, signedIn)
	}
	resp := send(h, "GET", "/callback?state=a%2Bb%20c&code=d&iss=https%3A%2F%2Fx%2F", nil,
		"__Host-usher-x=sealed", "usher-y=also", "theme=dark", sessionCookie+"=known-before", "not-usher-z=1")
	if resp.StatusCode != 303 || resp.Header.Get("Location") != "/account" {
		t.Errorf("%d to %q", resp.StatusCode, resp.Header.Get("Location"))
	}
	if got := s.asked[0].Header.Get("Cookie"); got != "__Host-usher-x=sealed; usher-y=also" {
		t.Errorf("Usher got the cookies %q", got)
	}
	if got := s.asked[0].URL.Query(); got.Get("state") != "a+b c" || got.Get("code") != "d" || got.Get("iss") != "https://x/" {
		t.Errorf("Usher got the query %v", got)
	}
	cookies := resp.Cookies()
	if len(cookies) != 2 || cookies[0].Name != "__Host-usher-x" || cookies[0].MaxAge >= 0 {
		t.Fatalf("the browser gets %v", resp.Header.Values("Set-Cookie"))
	}
	c := cookies[1]
	if c.Name != sessionCookie || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.Value == "known-before" {
		t.Errorf("the session's cookie is %v", c)
	}
	if got := a.sessions.byID[c.Value]; got.userID != userID || !got.mfa || got.tokens.RefreshToken != "s3cret-r" {
		t.Errorf("the session is %+v", got)
	}
	body, _ := io.ReadAll(resp.Body)
	if strings.Contains(string(body), "s3cret") || strings.Contains(strings.Join(resp.Header.Values("Set-Cookie"), ""), "s3cret") {
		t.Error("a token went to the browser")
	}
}

func TestCallbackThatIsRefused(t *testing.T) {
	h, a, s := start(t, map[string]http.HandlerFunc{})
	s.answers["GET /callback"] = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Set-Cookie", "__Host-usher-x=; Path=/; Max-Age=0")
		refuse(400, "state-not-from-this-browser")(w, r)
	}
	resp := send(h, "GET", "/callback?code=c&state=s", nil)
	page, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != 400 || !strings.Contains(string(page), "begun in another browser") || !strings.Contains(string(page), "r1") || strings.Contains(string(page), "for developers") {
		t.Errorf("%d %s", resp.StatusCode, page)
	}
	if len(a.sessions.byID) != 0 || len(resp.Cookies()) != 1 || resp.Cookies()[0].Name != "__Host-usher-x" {
		t.Errorf("%d sessions, and the cookies %v", len(a.sessions.byID), resp.Cookies())
	}
}

func TestFormsOfOtherSites(t *testing.T) {
	h, a, s := start(t, map[string]http.HandlerFunc{})
	session := open(t, h, s)
	for _, path := range []string{"/sign-up", "/account", "/sign-out", "/sign-out-everywhere"} {
		for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
			r := httptest.NewRequest("POST", "https://app.example"+path, nil)
			r.Header.Set(name, value)
			r.Header.Set("Cookie", session)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != 403 {
				t.Errorf("%s with %s: %d", path, name, w.Code)
			}
		}
	}
	if len(s.asked) != 1 || len(a.sessions.byID) != 1 {
		t.Errorf("Usher was asked %d times, and there are %d sessions", len(s.asked), len(a.sessions.byID))
	}
}
