package localtenant

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	sessionCookie = "auth0"
	browserCookie = "did" // tells one browser from another before a sign-in
)

// session is a browser in which a user is signed in.
type session struct {
	id       string
	userID   string
	created  time.Time
	used     time.Time
	authTime time.Time
	methods  []string
	clients  []string
	ip       string
	agent    string
	metadata map[string]any

	idle, maximum Duration
}

func (s *session) expires() time.Time {
	return slices.MinFunc([]time.Time{s.idle.after(s.used), s.maximum.after(s.created)}, time.Time.Compare)
}

// currentSession is the session of the browser that sends r.
func (t *Tenant) currentSession(r *http.Request) *session {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil
	}
	s, err := t.liveSession(c.Value)
	if err != nil {
		delete(t.sessions, c.Value)
	}
	return s
}

// startSession signs a user in to the browser that sends r.
func (t *Tenant) startSession(w http.ResponseWriter, r *http.Request, u *user, methods []string) *session {
	if old := t.currentSession(r); old != nil {
		delete(t.sessions, old.id)
	}
	now := t.now()
	s := &session{
		id: randomID(32), userID: u.ID, created: now, used: now, authTime: now,
		methods: methods, ip: remoteIP(r), agent: r.UserAgent(),
		idle: t.settings.SessionIdle, maximum: t.settings.SessionMaximum,
	}
	t.sessions[s.id] = s
	t.setCookie(w, sessionCookie, s.id, time.Duration(s.maximum))
	return s
}

// endAccess ends all sessions and refresh tokens of a user.
func (t *Tenant) endAccess(userID string) {
	t.endSessions(func(s *session) bool { return s.userID == userID })
	t.endRefreshTokens(func(rt *refreshToken) bool { return rt.grant.userID == userID })
}

func (t *Tenant) setCookie(w http.ResponseWriter, name, value string, life time.Duration) {
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: strings.HasPrefix(t.opts.BaseURL, "https:"), MaxAge: int(life / time.Second),
	})
}

func remoteIP(r *http.Request) string {
	host, _, _ := net.SplitHostPort(r.RemoteAddr) // net/http has set it
	return host
}
