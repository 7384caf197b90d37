package main

import (
	"log"
	"net/http"
	"net/url"
)

// signOut signs out this browser.
func (a *app) signOut(w http.ResponseWriter, r *http.Request) {
	s, _ := a.sessions.find(r)
	a.sessions.end(w, r) // whatever comes of the rest
	a.leave(w, r, s)
}

// signOutEverywhere ends all of the user's sessions here, then those at the
// provider, in all browsers; then it signs out this browser.
func (a *app) signOutEverywhere(w http.ResponseWriter, r *http.Request, s session) {
	a.sessions.endAll(s.userID) // whatever comes of the rest
	a.sessions.end(w, r)
	_, err := a.usher.do(r.Context(), call{method: http.MethodDelete, path: "/sessions/" + url.PathEscape(s.userID)})
	if err != nil { // a failure, or a provider's plan that cannot do it
		remains(w, err)
	}
	a.leave(w, r, s)
}

// leave sends the browser to where the provider ends its own session with it:
// else the next sign-in would ask for no password.
func (a *app) leave(w http.ResponseWriter, r *http.Request, s session) {
	got, err := a.logout(r, s.tokens.IDToken)
	if _, refused := refusal(err); refused && s.tokens.IDToken != "" {
		got, err = a.logout(r, "") // the token may be larger than Usher takes, or the gateway
	}
	if err != nil {
		remains(w, err)
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	relayRedirect(w, got)
}

// logout asks Usher where the browser is to go. Without a hint at who it is, the
// provider may ask the user whether to sign out.
func (a *app) logout(r *http.Request, hint string) (answer, error) {
	query := url.Values{"post_logout_redirect_uri": {a.url + "/"}}
	if hint != "" {
		query.Set("id_token_hint", hint)
	}
	return a.usher.do(r.Context(), call{method: http.MethodGet, path: "/logout", query: query})
}

// remainsCookie makes the start page say, once, that the provider may still know the user.
const remainsCookie = "__Host-still-known"

func remains(w http.ResponseWriter, err error) {
	log.Print(err)
	http.SetCookie(w, cookie(remainsCookie, "yes", 0))
}

// remained reports whether the cookie is set, and removes it.
func remained(w http.ResponseWriter, r *http.Request) bool {
	_, err := r.Cookie(remainsCookie)
	if err == nil {
		http.SetCookie(w, cookie(remainsCookie, "", -1))
	}
	return err == nil
}
