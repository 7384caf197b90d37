package localtenant

import (
	"net/http"
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
			return newPageError(http.StatusBadRequest, "invalid_request", "Unknown client: "+id)
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
		return newPageError(http.StatusBadRequest, "invalid_request",
			"The \"returnTo\" URL is not on the list of allowed logout URLs: "+to)
	}
	http.Redirect(w, r, to, http.StatusFound)
	return nil
}

// forgetBrowser ends the session of the browser that sends r.
func (t *Tenant) forgetBrowser(w http.ResponseWriter, r *http.Request) {
	if s := t.currentSession(r); s != nil {
		t.endSession(s.id)
	}
	t.setCookie(w, sessionCookie, "", -time.Second)
}
