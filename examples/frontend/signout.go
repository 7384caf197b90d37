package main

import (
	"errors"
	"net/http"
	"net/url"
)

// signOut signs out this browser.
func (a *app) signOut(w http.ResponseWriter, r *http.Request) {
	s, _ := a.sessions.find(r)
	a.sessions.end(w, r) // whatever comes of the rest
	a.leave(w, r, s)
}

// signOutEverywhere ends the user's sessions at the provider, in all browsers,
// and all of them here; then it signs out this browser.
func (a *app) signOutEverywhere(w http.ResponseWriter, r *http.Request, s session) {
	_, err := a.usher.do(r.Context(), call{method: http.MethodDelete, path: "/sessions/" + url.PathEscape(s.userID)})
	var refused *problem
	if err != nil && !(errors.As(err, &refused) && refused.Code == "not-in-providers-plan") {
		showError(w, err) // nothing has ended: the user shall try again
		return
	}
	a.sessions.endAll(s.userID)
	a.sessions.end(w, r)
	a.leave(w, r, s)
}

// leave sends the browser to where the provider ends its own session with it:
// else the next sign-in would ask for no password.
func (a *app) leave(w http.ResponseWriter, r *http.Request, s session) {
	query := url.Values{"post_logout_redirect_uri": {a.url + "/"}}
	if s.tokens.IDToken != "" {
		query.Set("id_token_hint", s.tokens.IDToken) // without, the provider may ask the user
	}
	got, err := a.usher.do(r.Context(), call{method: http.MethodGet, path: "/logout", query: query})
	if err != nil {
		showError(w, err)
		return
	}
	relayRedirect(w, got)
}
