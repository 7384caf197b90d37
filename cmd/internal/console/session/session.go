// Package session keeps the sessions of staff in memory. They end with the process.
package session

import (
	"crypto/rand"
	"crypto/subtle"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// The ends of a session.
const (
	MaxIdle = 15 * time.Minute
	MaxAge  = 8 * time.Hour
)

// Session is a person's session. The browser has only a random name for it.
type Session struct {
	UserID  string
	IDToken string // for the sign-out at the provider
	CSRF    string // the token in every form

	began, seen time.Time // guarded by the store
	files       []*File   // oldest first; guarded by the store

	mu      sync.Mutex
	notices []any
	keys    []string // of forms, oldest first
	kept    any
}

// Store keeps sessions.
type Store struct {
	now    func() time.Time
	cookie string
	secure bool

	mu       sync.Mutex
	byName   map[string]*Session
	reserved int64 // bytes of files that are being read
	sweeps   bool  // whether a sweep is due
}

// New returns an empty store. On https, browsers accept the cookie only from this host.
func New(https bool, now func() time.Time) *Store {
	s := &Store{now: now, cookie: "console", byName: map[string]*Session{}}
	if https {
		s.cookie, s.secure = "__Host-console", true
	}
	return s
}

// Begin makes a session and ends the browser's previous one. It has a new name, because an
// attacker may know the old one.
func (s *Store) Begin(w http.ResponseWriter, r *http.Request, userID, idToken string) *Session {
	name := rand.Text() // 130 bits
	made := &Session{UserID: userID, IDToken: idToken, CSRF: rand.Text(), began: s.now(), seen: s.now()}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.byName, s.nameIn(r))
	maps.DeleteFunc(s.byName, func(_ string, old *Session) bool { return s.isOver(old) })
	s.byName[name] = made
	http.SetCookie(w, s.setCookie(name, 0)) // without an age: it ends with the browser
	return made
}

// Find returns the request's session; nil if there is none. It counts as a use.
func (s *Store) Find(r *http.Request) *Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := s.nameIn(r)
	found := s.byName[name]
	if found == nil {
		return nil
	}
	if s.isOver(found) {
		delete(s.byName, name)
		return nil
	}
	found.seen = s.now()
	return found
}

// End ends the request's session.
func (s *Store) End(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.byName, s.nameIn(r))
	http.SetCookie(w, s.setCookie("", -1))
}

// EndAll ends all sessions of a user.
func (s *Store) EndAll(userID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.byName, func(_ string, x *Session) bool { return x.UserID == userID })
}

func (s *Store) isOver(x *Session) bool {
	return s.now().Sub(x.seen) > MaxIdle || s.now().Sub(x.began) > MaxAge
}

// nameIn returns the request's name of a session. A request with several is refused, because
// another host of the domain may have set one of them.
func (s *Store) nameIn(r *http.Request) string {
	if all := r.CookiesNamed(s.cookie); len(all) == 1 {
		return strings.TrimSpace(all[0].Value)
	}
	return ""
}

// setCookie is SameSite=Lax, because the redirect from the provider must send it.
func (s *Store) setCookie(value string, age int) *http.Cookie {
	return &http.Cookie{
		Name: s.cookie, Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode,
	}
}

// Owns reports whether a form's token is this session's.
func (x *Session) Owns(token string) bool {
	return subtle.ConstantTimeCompare([]byte(token), []byte(x.CSRF)) == 1
}

// Tell keeps a notice for the next page.
func (x *Session) Tell(notice any) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.notices = append(x.notices, notice)
}

// Notices returns those of the kept notices that due reports, and forgets them. The others stay,
// unless over reports them: a person may use several pages at the same time.
func (x *Session) Notices(due, over func(notice any) bool) []any {
	x.mu.Lock()
	defer x.mu.Unlock()
	var told []any
	x.notices = slices.DeleteFunc(x.notices, func(n any) bool {
		if due(n) {
			told = append(told, n)
			return true
		}
		return over(n)
	})
	return told
}

// Keep stores what is known of the person.
func (x *Session) Keep(known any) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.kept = known
}

// Kept returns what Keep has stored; nil at first.
func (x *Session) Kept() any {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.kept
}

// maxKeys bounds the keys of forms that a session has not sent.
const maxKeys = 1000

// Key issues a key for one sending of a form.
func (x *Session) Key() string {
	key := rand.Text()
	x.Return(key)
	return key
}

// Take reports whether the session has issued a key and not taken it yet, and takes it.
func (x *Session) Take(key string) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	i := slices.Index(x.keys, key)
	if i < 0 {
		return false
	}
	x.keys = slices.Delete(x.keys, i, i+1)
	return true
}

// Return makes a key valid again, after a failure whose effect is unknown.
func (x *Session) Return(key string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.keys = append(x.keys, key); len(x.keys) > maxKeys {
		x.keys = x.keys[1:]
	}
}
