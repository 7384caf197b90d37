package session_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"usher/cmd/internal/console/session"
)

func TestCookie(t *testing.T) {
	for https, want := range map[bool]string{true: "__Host-console", false: "console"} {
		store := session.New(https, time.Now)
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
		store.Begin(w, r, "me", "")
		c := w.Result().Cookies()[0]
		if c.Name != want || c.Secure != https || !c.HttpOnly || c.Path != "/" || c.Domain != "" || c.MaxAge != 0 || len(c.Value) < 26 {
			t.Errorf("%+v", c)
		}
	}
}

// Each sign-in has a new name, and the name before is worthless.
func TestBegin(t *testing.T) {
	store := session.New(false, time.Now)
	first := httptest.NewRecorder()
	store.Begin(first, httptest.NewRequest("GET", "/", nil), "me", "")
	r := httptest.NewRequest("GET", "/", nil)
	r.AddCookie(first.Result().Cookies()[0])
	if store.Find(r) == nil {
		t.Fatal("the session is not found")
	}
	second := httptest.NewRecorder()
	store.Begin(second, r, "me", "")
	if store.Find(r) != nil || first.Result().Cookies()[0].Value == second.Result().Cookies()[0].Value {
		t.Error("the first session is still there")
	}
}

func TestEndAll(t *testing.T) {
	store := session.New(false, time.Now)
	for _, user := range []string{"me", "other"} {
		for range 2 {
			w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
			store.Begin(w, r, user, "")
			r.AddCookie(w.Result().Cookies()[0])
			defer func() {
				if found := store.Find(r) != nil; found != (user == "other") {
					t.Errorf("%s: found %v", user, found)
				}
			}()
		}
	}
	store.EndAll("me")
}
