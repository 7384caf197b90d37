package main

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

const endSessions = "DELETE /sessions/auth0%7C65e19a100000000000000001"

// startPage is the start page as a browser sees it that comes back with what it
// was given.
func startPage(h http.Handler, given *http.Response) string {
	var cookies []string
	for _, c := range given.Cookies() {
		if c.MaxAge >= 0 {
			cookies = append(cookies, c.Name+"="+c.Value)
		}
	}
	page, _ := io.ReadAll(send(h, "GET", "/", nil, cookies...).Body)
	return string(page)
}

func TestSignOut(t *testing.T) {
	h, a, s := start(t, map[string]http.HandlerFunc{"GET /logout": redirect()})
	here, there := open(t, h, s), open(t, h, s)
	if resp := send(h, "POST", "/sign-out", nil, there); resp.StatusCode != 302 || len(a.sessions.byID) != 1 || resp.Cookies()[0].MaxAge >= 0 {
		t.Errorf("signed out: %d, %d sessions, %v", resp.StatusCode, len(a.sessions.byID), resp.Cookies())
	}
	if q := s.asked[len(s.asked)-1].URL.Query(); q.Get("post_logout_redirect_uri") != "https://app.example/" || q.Get("id_token_hint") != "s3cret.i.d" {
		t.Errorf("Usher was asked %v", q)
	}
	_ = open(t, h, s)
	s.answers[endSessions] = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }
	resp := send(h, "POST", "/sign-out-everywhere", nil, here)
	if resp.StatusCode != 302 || len(a.sessions.byID) != 0 || s.elsewhere != 0 {
		t.Errorf("signed out everywhere: %d, %d sessions", resp.StatusCode, len(a.sessions.byID))
	}
	if page := startPage(h, resp); strings.Contains(page, "may still know you") {
		t.Errorf("all has ended, and the page says %s", page)
	}
}

// What the provider cannot end does not keep this site's own sessions alive, and
// the user is told of it, once.
func TestSignOutThatLeavesSomething(t *testing.T) {
	ends := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }
	for name, tt := range map[string]struct {
		ends, leaves http.HandlerFunc
		status       int
	}{
		"the plan lacks it":        {refuse(501, "not-in-providers-plan"), redirect(), 302},
		"a failure":                {refuse(503, "provider-unavailable"), redirect(), 302},
		"the way out is not there": {ends, refuse(503, "service-unavailable"), 303},
	} {
		h, a, s := start(t, map[string]http.HandlerFunc{endSessions: tt.ends, "GET /logout": tt.leaves})
		here, _ := open(t, h, s), open(t, h, s)
		logged := captureLog(t)
		resp := send(h, "POST", "/sign-out-everywhere", nil, here)
		if resp.StatusCode != tt.status || len(a.sessions.byID) != 0 || !strings.Contains(logged.String(), `"r1"`) {
			t.Errorf("%s: %d, %d sessions, and the log is %q", name, resp.StatusCode, len(a.sessions.byID), logged)
		}
		if page := startPage(h, resp); !strings.Contains(page, "may still know you") || !strings.Contains(page, "sign up") {
			t.Errorf("%s: the page is %s", name, page)
		}
		if again := send(h, "GET", "/", nil, remainsCookie+"=yes"); len(again.Cookies()) != 1 || again.Cookies()[0].MaxAge >= 0 {
			t.Errorf("%s: it is said again: %v", name, again.Cookies())
		}
	}
}

// An ID token can be larger than Usher takes.
func TestSignOutWithALargeToken(t *testing.T) {
	h, _, s := start(t, map[string]http.HandlerFunc{"GET /logout": func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("id_token_hint") != "" {
			refuse(400, "invalid-request", "id_token_hint")(w, r)
			return
		}
		redirect()(w, r)
	}})
	resp := send(h, "POST", "/sign-out", nil, open(t, h, s))
	if resp.StatusCode != 302 || resp.Header.Get("Location") != "/elsewhere" || resp.Header.Get("Set-Cookie") == "" {
		t.Errorf("%d %v", resp.StatusCode, resp.Header)
	}
	hints := []string{}
	for _, r := range s.asked[1:] {
		hints = append(hints, r.URL.Query().Get("id_token_hint"))
	}
	if !slices.Equal(hints, []string{"s3cret.i.d", ""}) {
		t.Errorf("Usher was asked with the hints %q", hints)
	}
}
