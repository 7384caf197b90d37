package localtenant

import (
	"net/http"
	"slices"
	"strings"
)

// userinfo serves GET and POST /userinfo.
func (t *Tenant) userinfo(w http.ResponseWriter, r *http.Request) error {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return t.userinfoRefused(w)
	}
	userID, scopes, ok := t.readAccessToken(token)
	u, found := t.users.get(userID)
	if !ok || !found {
		return t.userinfoRefused(w)
	}
	return writeJSON(w, http.StatusOK, t.userClaims(u, scopes))
}

func (t *Tenant) userinfoRefused(w http.ResponseWriter) error {
	w.Header().Set("WWW-Authenticate", `Bearer realm="Users", error="invalid_token"`)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusUnauthorized)
	_, err := w.Write([]byte("Unauthorized"))
	return err
}

// readAccessToken says whose an access token is, opaque or JWT, and what it may.
func (t *Tenant) readAccessToken(token string) (userID string, scopes []string, ok bool) {
	now := t.now()
	if a, found := t.access[token]; found {
		return a.userID, a.scopes, now.Before(a.expires)
	}
	c, err := t.verify(token)
	if err != nil || now.Unix() >= c.Expires || !slices.Contains(c.Audience, t.opts.BaseURL+"/userinfo") {
		return "", nil, false
	}
	return c.Subject, strings.Fields(c.Scope), true
}
