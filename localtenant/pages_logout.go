package localtenant

import (
	"net/http"
	"net/url"
	"slices"
	"time"
)

// logout serves GET /v2/logout: it ends the browser's session and goes where
// returnTo says, if that is on the application's list to the letter.
func (t *Tenant) logout(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	to := q.Get("returnTo")
	allowed := []string{}
	if id := q.Get("client_id"); id != "" {
		c, ok := t.clients[id]
		if !ok {
			return badPage("Unknown client: " + id)
		}
		allowed = c.LogoutURLs
	}
	t.forgetBrowser(w, r)
	switch {
	case to == "":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, err := w.Write([]byte("OK"))
		return err
	case !slices.Contains(allowed, to):
		return badPage("The \"returnTo\" URL is not on the list of allowed logout URLs: " + to)
	}
	return goTo(w, r, to)
}

// forgetBrowser ends the session of the browser that sends r.
func (t *Tenant) forgetBrowser(w http.ResponseWriter, r *http.Request) {
	if s := t.currentSession(r); s != nil {
		if u, ok := t.users.get(s.userID); ok {
			t.record(r, eventLogout, u, "", "User successfully logged out")
		}
		delete(t.sessions, s.id)
	}
	t.setCookie(w, sessionCookie, "", -time.Second)
}

// oidcLogout serves GET and POST /oidc/logout, OpenID Connect's RP-initiated
// logout. It does not ask the user whether they mean it, as a tenant can be set.
func (t *Tenant) oidcLogout(w http.ResponseWriter, r *http.Request) error {
	id, sid := r.FormValue("client_id"), r.FormValue("logout_hint")
	if hint := r.FormValue("id_token_hint"); hint != "" {
		c, err := t.verify(hint) // it may have run out: it says who, not that they may
		if err != nil || len(c.Audience) != 1 || (id != "" && id != c.Audience[0]) {
			return badPage("The id_token_hint is not valid.")
		}
		id, sid = c.Audience[0], c.Session
	}
	to := r.FormValue("post_logout_redirect_uri")
	if to != "" {
		c, ok := t.clients[id]
		if !ok || !slices.Contains(c.LogoutURLs, to) {
			return badPage("The post_logout_redirect_uri is not on the list of allowed logout URLs: " + to)
		}
	}
	// A hint names the session that is meant; another in the same browser stays.
	if s := t.currentSession(r); s != nil && (sid == "" || sid == s.id) {
		t.forgetBrowser(w, r)
	}
	if to == "" {
		return t.pages.message(w, "Signed out", "You are signed out.")
	}
	params := url.Values{}
	if state := r.FormValue("state"); state != "" {
		params.Set("state", state)
	}
	to, err := withQuery(to, params)
	if err != nil {
		return badPage("The post_logout_redirect_uri is not a URL.")
	}
	return goTo(w, r, to)
}
