package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	log.SetOutput(io.Discard)
	os.Exit(m.Run())
}

// stub is an Usher that notes what it is asked and answers as it is told.
type stub struct {
	asked     []*http.Request
	bodies    []string
	answers   map[string]http.HandlerFunc // by method and path; else 404
	elsewhere int                         // requests to where its redirects lead
}

const userID = "auth0|65e19a100000000000000001"

// start starts the front-end before a stub.
func start(t *testing.T, answers map[string]http.HandlerFunc) (http.Handler, *app, *stub) {
	t.Helper()
	s := &stub{answers: answers}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/elsewhere") {
			s.elsewhere++
			return
		}
		body, _ := io.ReadAll(r.Body)
		s.asked, s.bodies = append(s.asked, r), append(s.bodies, string(body))
		if h := s.answers[r.Method+" "+r.URL.EscapedPath()]; h != nil {
			h(w, r)
			return
		}
		refuse(404, "no-such-route")(w, r)
	}))
	t.Cleanup(server.Close)
	a := &app{usher: newUsher(server.URL, 8*time.Minute), url: "https://app.example", sessions: newSessions(time.Now)}
	return a.handler(), a, s
}

// refuse answers with a problem that lies in the fields.
func refuse(status int, code string, fields ...string) http.HandlerFunc {
	type fault struct{ Field, Detail string }
	var faults []fault
	for _, field := range fields {
		faults = append(faults, fault{field, "for developers"})
	}
	body, _ := json.Marshal(map[string]any{"status": 1, "code": code, "detail": "for developers", "request_id": "r1", "errors": faults})
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write(body)
	}
}

// captureLog keeps what is logged until the test ends.
func captureLog(t *testing.T) *bytes.Buffer {
	t.Helper()
	var logged bytes.Buffer
	log.SetOutput(&logged)
	t.Cleanup(func() { log.SetOutput(io.Discard) })
	return &logged
}

func reply(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }
}

func redirect(cookies ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for _, c := range cookies {
			w.Header().Add("Set-Cookie", c)
		}
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(http.StatusFound)
	}
}

// send sends a request as a browser would, with these cookies.
func send(h http.Handler, method, target string, form url.Values, cookies ...string) *http.Response {
	r := httptest.NewRequest(method, "https://app.example"+target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Cookie", strings.Join(cookies, "; "))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

const signedIn = `{"account":{"id":"` + userID + `"},"tokens":{"access_token":"s3cret-a","id_token":"s3cret.i.d","refresh_token":"s3cret-r"},"authentication":{"mfa":true},"return_to":"/account"}`

// open signs in and returns the session's cookie.
func open(t *testing.T, h http.Handler, s *stub, cookies ...string) string {
	t.Helper()
	s.answers["GET /callback"] = reply(signedIn)
	resp := send(h, "GET", "/callback?code=c&state=s", nil, cookies...)
	if resp.StatusCode != 303 || resp.Header.Get("Location") != "/account" || len(resp.Cookies()) != 1 {
		t.Fatalf("%d %v", resp.StatusCode, resp.Header)
	}
	return sessionCookie + "=" + resp.Cookies()[0].Value
}
