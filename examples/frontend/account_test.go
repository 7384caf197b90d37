package main

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestAccount(t *testing.T) {
	h, _, s := start(t, map[string]http.HandlerFunc{})
	if resp := send(h, "GET", "/account", nil); resp.StatusCode != 303 || resp.Header.Get("Location") != "/login?return_to=/account" {
		t.Errorf("signed out: %d to %q", resp.StatusCode, resp.Header.Get("Location"))
	}
	session := open(t, h, s)
	s.answers["GET "+usersPath] = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		_, _ = io.WriteString(w, `{"id":"x","email":"ada@example.com","name":"<script>alert(1)</script>","metadata":{"language":"de"}}`)
	}
	resp := send(h, "GET", "/account", nil, session)
	page, _ := io.ReadAll(resp.Body)
	for _, want := range []string{"ada@example.com", "with a second factor", "&lt;script&gt;", "&#34;v1&#34;", `"de" selected`} {
		if !strings.Contains(string(page), want) {
			t.Errorf("no %q on the page %s", want, page)
		}
	}
}

const (
	usersPath    = "/users/auth0%7C65e19a100000000000000001"
	metadataPath = "/metadata/auth0%7C65e19a100000000000000001"
)

// changes are the bodies of what Usher was asked to change.
func (s *stub) changes() (bodies []string) {
	for i, r := range s.asked {
		if r.Method == "PATCH" {
			bodies = append(bodies, s.bodies[i])
		}
	}
	return bodies
}

func TestChange(t *testing.T) {
	h, _, s := start(t, map[string]http.HandlerFunc{"GET " + usersPath: reply(`{"metadata":{"language":"de"}}`)})
	session := open(t, h, s)
	s.answers["PATCH "+usersPath], s.asked, s.bodies = refuse(412, "precondition-failed"), nil, nil
	form := url.Values{"etag": {`"v0"`}, "name": {"Ada"}, "language": {"fr"}, "user_id": {"auth0|another"}}
	logged := captureLog(t)
	resp := send(h, "POST", "/account", form, session)
	page, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != 412 || !strings.Contains(string(page), "changed elsewhere") || s.asked[1].Header.Get("If-Match") != `"v0"` {
		t.Errorf("%d %s", resp.StatusCode, page)
	}
	if !strings.Contains(logged.String(), "precondition-failed") {
		t.Errorf("the log is %q", logged)
	}

	s.answers["PATCH "+usersPath], s.answers["PATCH "+metadataPath] = reply("{}"), reply("{}")
	for language, want := range map[string][]string{
		"fr": {`{"name":"Ada"}`, `{"language":"fr"}`},
		"":   {`{"name":"Ada"}`, `{"language":null}`},
		"de": {`{"name":"Ada"}`}, // as it was
	} {
		s.asked, s.bodies = nil, nil
		form.Set("language", language)
		if resp := send(h, "POST", "/account", form, session); resp.StatusCode != 303 || !slices.Equal(s.changes(), want) {
			t.Errorf("%q: %d, and Usher got %q", language, resp.StatusCode, s.changes())
		}
	}
	s.asked, s.bodies = nil, nil
	form.Set("language", "none-of-ours")
	if resp := send(h, "POST", "/account", form, session); resp.StatusCode != 400 || len(s.asked) != 0 {
		t.Errorf("%d, and Usher was asked %d times", resp.StatusCode, len(s.asked))
	}
}

// Other front-ends write the metadata, too. What this one cannot use is no
// language here, and it is left as it is.
func TestOddMetadata(t *testing.T) {
	h, _, s := start(t, map[string]http.HandlerFunc{"PATCH " + usersPath: reply("{}")})
	session := open(t, h, s)
	for _, odd := range []string{`{"language":{"ui":"en"}}`, `{"language":["en"]}`, `{"language":7}`, `{"language":"tlh"}`, `{}`, `null`} {
		s.answers["GET "+usersPath], s.asked, s.bodies = reply(`{"email":"ada@example.com","metadata":`+odd+`}`), nil, nil
		resp := send(h, "GET", "/account", nil, session)
		page, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != 200 || !strings.Contains(string(page), "ada@example.com") || strings.Contains(string(page), "selected") {
			t.Errorf("%s: %d %s", odd, resp.StatusCode, page)
		}
		resp = send(h, "POST", "/account", url.Values{"name": {"Ada"}, "language": {""}}, session)
		if resp.StatusCode != 303 || !slices.Equal(s.changes(), []string{`{"name":"Ada"}`}) {
			t.Errorf("%s: %d, and Usher got %q", odd, resp.StatusCode, s.changes())
		}
	}
}

// Who was blocked or deleted sees nothing more, and changes nothing more.
func TestBlocked(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{"blocked": reply(`{"blocked":true}`), "deleted": refuse(404, "user-not-found")} {
		for _, method := range []string{"GET", "POST"} {
			h, a, s := start(t, map[string]http.HandlerFunc{"GET " + usersPath: answer, "PATCH " + usersPath: reply("{}")})
			here, _ := open(t, h, s), open(t, h, s)
			resp := send(h, method, "/account", url.Values{"name": {"Mallory"}}, here)
			if resp.StatusCode != 303 || resp.Header.Get("Location") != "/" || len(a.sessions.byID) != 0 || s.changes() != nil {
				t.Errorf("%s, %s: %d, %d sessions, and Usher got %q", name, method, resp.StatusCode, len(a.sessions.byID), s.changes())
			}
		}
	}
}

func TestSignUp(t *testing.T) {
	h, _, s := start(t, map[string]http.HandlerFunc{"POST /users": reply("{}")})
	form := url.Values{"key": {"k1"}, "email": {"new+1@example.com"}, "name": {"New"}, "password": {"Str0ng-Enough"}}
	resp := send(h, "POST", "/sign-up", form)
	if resp.StatusCode != 303 || resp.Header.Get("Location") != "/login?login_hint=new%2B1%40example.com&return_to=%2Faccount" {
		t.Errorf("%d to %q", resp.StatusCode, resp.Header.Get("Location"))
	}
	if got := s.asked[0].Header.Get("Idempotency-Key"); got != "k1" || s.bodies[0] != `{"email":"new+1@example.com","name":"New","password":"Str0ng-Enough","verify_email":true}` {
		t.Errorf("Usher got the key %q and %s", got, s.bodies[0])
	}
}

// What goes wrong is told to people in words of this site's own, and to the log.
// Where the words say little, the request's id is there, too.
func TestSignUpThatFails(t *testing.T) {
	h, _, s := start(t, map[string]http.HandlerFunc{})
	form := url.Values{"key": {"k1"}, "email": {"new+1@example.com"}, "name": {"New"}, "password": {"Str0ng-Enough"}}
	for name, tt := range map[string]struct {
		answer  http.HandlerFunc
		status  int
		says    string
		sameKey bool
		id      bool
	}{
		"taken":           {refuse(409, "user-exists"), 409, "cannot be used", false, false},
		"a weak password": {refuse(422, "password-too-weak", "password"), 422, "too easy to guess", false, false},
		"a bad address":   {refuse(400, "invalid-request", "email"), 400, "no email address", false, false},
		"a field unknown": {refuse(400, "invalid-request", "If-Match"), 400, "Something went wrong", false, true},
		"a code unknown":  {refuse(403, "forbidden"), 403, "Something went wrong", false, true},
		"a failure":       {refuse(504, "provider-timeout"), 502, "Try again", true, true},
	} {
		s.answers["POST /users"] = tt.answer
		logged := captureLog(t)
		resp := send(h, "POST", "/sign-up", form)
		body, _ := io.ReadAll(resp.Body)
		page := string(body)
		if resp.StatusCode != tt.status || !strings.Contains(page, tt.says) || strings.Contains(page, `value="k1"`) != tt.sameKey {
			t.Errorf("%s: %d %s", name, resp.StatusCode, page)
		}
		if strings.Contains(page, "Str0ng") || strings.Contains(page, "for developers") || strings.Contains(page, "<code>r1</code>") != tt.id {
			t.Errorf("%s: the page is %s", name, page)
		}
		if strings.Count(logged.String(), `"r1"`) != 1 || strings.Contains(logged.String(), "new+1") {
			t.Errorf("%s: the log is %q", name, logged)
		}
	}
}
