package web

import (
	"net/http"
	"net/url"

	"usher/cmd/internal/console/usher"
)

// signedOut is the data of the page after a sign-out.
type signedOut struct {
	Provider string // where the provider ends its own session; "" if that is unknown
}

// signOut serves POST /sign-out. It ends the console's session, then sends the browser to the
// provider: otherwise the next sign-in might ask for no password. The way is a Refresh header,
// because form-action in the Content-Security-Policy forbids a redirect of a form to other hosts.
func (s *Site) signOut(w http.ResponseWriter, r *http.Request) {
	x := s.sessions.Find(r)
	if x == nil {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	if !s.hasToken(w, r, x) {
		return
	}
	s.sessions.End(w, r)
	page := signedOut{Provider: s.providerSignOut(r, x.UserID, x.IDToken)}
	if page.Provider != "" {
		w.Header().Set("Refresh", "0; url="+page.Provider)
	}
	s.show(w, r, http.StatusOK, "signedout", "Signed out", page)
}

// providerSignOut returns the provider's address for a sign-out; "" if Usher gives none.
func (s *Site) providerSignOut(r *http.Request, actor, idToken string) string {
	for _, hint := range []string{idToken, ""} { // a large token may be refused
		query := url.Values{"post_logout_redirect_uri": {s.URL + "/"}}
		if hint != "" {
			query.Set("id_token_hint", hint)
		}
		got, err := s.Usher.Do(r.Context(), usher.Call{Method: http.MethodGet, Path: "/logout", Query: query, Actor: actor})
		if err == nil {
			return got.Header.Get("Location")
		}
		s.logCall(err)
	}
	return ""
}
