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

// login begins a sign-in at Usher. The answer is the redirect to the provider, and the cookie that
// binds the sign-in to this browser.
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

// callback receives the browser from the provider. Usher finishes the sign-in, if this browser
// began it. Then a session begins here.
func (a *app) callback(w http.ResponseWriter, r *http.Request) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		http.Error(w, "This address is not whole.", http.StatusBadRequest)
		return
	}
	got, err := a.usher.do(r.Context(), call{
		method: http.MethodGet, path: "/callback", query: query, cookies: ushersCookies(r),
	})
	relayCookies(w, got) // with an error, too: Usher clears the cookie of a finished sign-in
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

func isUshers(c *http.Cookie) bool {
	return strings.HasPrefix(c.Name, "usher-") || strings.HasPrefix(c.Name, "__Host-usher-")
}

// ushersCookies returns Usher's cookies among the browser's. Usher needs no others, such as the session.
func ushersCookies(r *http.Request) []*http.Cookie {
	return slices.DeleteFunc(r.Cookies(), func(c *http.Cookie) bool { return !isUshers(c) })
}

// maxSignIns bounds the cookies of a callback: each unfinished sign-in leaves a cookie of at most
// 750 bytes for ten minutes. A private API accepts at most 8,000 bytes of headers, and the signature
// and the session token need up to 2,500.
const maxSignIns = 6

// dropOldSignIns removes the cookies of a browser with too many unfinished sign-ins.
func dropOldSignIns(w http.ResponseWriter, r *http.Request) {
	old := ushersCookies(r)
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
		if c, err := http.ParseSetCookie(line); err == nil && isUshers(c) {
			w.Header().Add("Set-Cookie", line)
		}
	}
}

// relayRedirect sends the browser where Usher says, without going there itself.
func relayRedirect(w http.ResponseWriter, got answer) {
	w.Header().Set("Location", got.header.Get("Location"))
	w.WriteHeader(got.status)
}
