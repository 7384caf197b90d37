package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// login has Usher begin a sign-in, and hands the browser what Usher answers: the
// redirect to the provider, and the cookie that binds the sign-in to this browser.
func (a *app) login(w http.ResponseWriter, r *http.Request) {
	query := url.Values{"redirect_uri": {a.url + "/callback"}}
	for _, name := range []string{"return_to", "login_hint"} {
		if value := r.FormValue(name); value != "" {
			query.Set(name, value) // Usher refuses a return_to that is no path of ours
		}
	}
	got, err := a.usher.do(r.Context(), call{method: http.MethodGet, path: "/login", query: query})
	if err != nil {
		showError(w, err)
		return
	}
	dropOldSignIns(w, r)
	relayCookies(w, got)
	relayRedirect(w, got)
}

// callback is where the provider sends the browser back to. Usher finishes the
// sign-in, if this browser began it; then a session begins here.
func (a *app) callback(w http.ResponseWriter, r *http.Request) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		http.Error(w, "This address is not whole.", http.StatusBadRequest)
		return
	}
	got, err := a.usher.do(r.Context(), call{method: http.MethodGet, path: "/callback", query: query, header: ushersCookies(r)})
	relayCookies(w, got) // with an error, too: Usher clears the cookie of a sign-in that is over
	if err != nil {
		showError(w, err)
		return
	}
	var signIn struct {
		Account        struct{ ID string }
		Tokens         tokens
		Authentication struct{ MFA bool }
		ReturnTo       string `json:"return_to"`
	}
	if err := json.Unmarshal(got.body, &signIn); err != nil || signIn.Account.ID == "" {
		showError(w, errors.New("the answer to the callback holds no account"))
		return
	}
	a.sessions.begin(w, r, session{userID: signIn.Account.ID, tokens: signIn.Tokens, mfa: signIn.Authentication.MFA})
	// Usher has sealed return_to in /login: it is a path of ours.
	http.Redirect(w, r, cmp.Or(signIn.ReturnTo, "/account"), http.StatusSeeOther)
}

// isUshers tells Usher's cookies from all others.
func isUshers(name string) bool {
	return strings.HasPrefix(name, "usher-") || strings.HasPrefix(name, "__Host-usher-")
}

// ushersCookies are those of the browser's cookies that Usher is to see. The
// session, and what else this site sets, is none of its business.
func ushersCookies(r *http.Request) http.Header {
	var kept []string
	for _, c := range r.Cookies() {
		if isUshers(c.Name) {
			kept = append(kept, c.Name+"="+c.Value)
		}
	}
	if len(kept) == 0 {
		return nil
	}
	return http.Header{"Cookie": {strings.Join(kept, "; ")}}
}

// maxSignIns bounds what a browser sends along to a callback: each sign-in that was
// not finished leaves a cookie of 750 bytes at most, for ten minutes, and the
// gateway takes no more than 10 KB of headers.
const maxSignIns = 10

// dropOldSignIns makes a browser that has too many sign-ins under way forget them.
func dropOldSignIns(w http.ResponseWriter, r *http.Request) {
	old := slices.DeleteFunc(r.Cookies(), func(c *http.Cookie) bool { return !isUshers(c.Name) })
	if len(old) < maxSignIns {
		return
	}
	for _, c := range old {
		http.SetCookie(w, cookie(c.Name, "", -1))
	}
}

// relayCookies gives the browser the cookies that Usher sets, as they are.
func relayCookies(w http.ResponseWriter, got answer) {
	for _, line := range got.header.Values("Set-Cookie") {
		if c, err := http.ParseSetCookie(line); err == nil && isUshers(c.Name) {
			w.Header().Add("Set-Cookie", line)
		}
	}
}

// relayRedirect sends the browser where Usher says, without going there itself.
func relayRedirect(w http.ResponseWriter, got answer) {
	w.Header().Set("Location", got.header.Get("Location"))
	w.WriteHeader(got.status)
}
