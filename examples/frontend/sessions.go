package main

import (
	"crypto/rand"
	"maps"
	"net/http"
	"sync"
	"time"
)

// session is the data about a signed-in user. It stays on the server. The browser has only a random
// name for it, and no tokens; only the ID token passes through the browser, at the sign-out.
type session struct {
	userID      string
	tokens      tokens
	mfa         bool // signed in with a second factor; ask this, and no claim, where one is needed
	began, seen time.Time
}

// tokens are the provider's, for calls in the user's name to other services.
type tokens struct {
	AccessToken  string `json:"access_token"`
	IDToken      string `json:"id_token"`
	RefreshToken string `json:"refresh_token"`
}

const (
	// With the __Host- prefix, browsers accept the cookie only from this host, over https.
	sessionCookie = "__Host-session"

	maxIdle = 30 * time.Minute
	maxAge  = 8 * time.Hour
)

// sessions are kept in memory here; two servers would share a store.
type sessions struct {
	now func() time.Time

	mu   sync.Mutex
	byID map[string]session
}

func newSessions(now func() time.Time) *sessions {
	return &sessions{now: now, byID: map[string]session{}}
}

// begin makes a session with a new name, since an attacker may know the old one.
func (s *sessions) begin(w http.ResponseWriter, r *http.Request, signedIn session) {
	s.forget(r)
	id := rand.Text() // 130 bits
	signedIn.began, signedIn.seen = s.now(), s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.byID, func(_ string, old session) bool { return s.isOver(old) })
	s.byID[id] = signedIn
	http.SetCookie(w, cookie(sessionCookie, id, 0)) // it ends with the browser
}

// find returns the request's session.
func (s *sessions) find(r *http.Request) (session, bool) {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return session{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.byID[c.Value]
	if !ok || s.isOver(found) {
		return session{}, false
	}
	found.seen = s.now()
	s.byID[c.Value] = found
	return found, true
}

// end ends the request's session, if it has one.
func (s *sessions) end(w http.ResponseWriter, r *http.Request) {
	s.forget(r)
	http.SetCookie(w, cookie(sessionCookie, "", -1))
}

func (s *sessions) forget(r *http.Request) {
	if c, err := r.Cookie(sessionCookie); err == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.byID, c.Value)
	}
}

// endAll ends all of a user's sessions here. Usher ends those at the provider.
func (s *sessions) endAll(userID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.byID, func(_ string, x session) bool { return x.userID == userID })
}

func (s *sessions) isOver(x session) bool {
	return s.now().Sub(x.seen) > maxIdle || s.now().Sub(x.began) > maxAge
}

// cookie is SameSite=Lax, not Strict: the redirect from the provider must send it.
func cookie(name, value string, maxAge int) *http.Cookie {
	return &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode}
}
