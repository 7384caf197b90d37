package main

import (
	"net/http"
)

// app is the site.
type app struct {
	usher    *usher
	url      string // its own, no slash at its end
	sessions *sessions
	https    bool // for good: browsers shall not come by http: any more
}

func (a *app) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", a.home)
	mux.HandleFunc("GET /sign-up", a.signUpForm)
	mux.HandleFunc("POST /sign-up", a.signUp)
	mux.HandleFunc("GET /login", a.login)
	mux.HandleFunc("GET /callback", a.callback)
	mux.HandleFunc("GET /account", a.signedIn(a.account))
	mux.HandleFunc("POST /account", a.signedIn(a.change))
	mux.HandleFunc("POST /sign-out", a.signOut)
	mux.HandleFunc("POST /sign-out-everywhere", a.signedIn(a.signOutEverywhere))
	return guarded(mux, a.https)
}

// guarded puts in front of all pages what browsers are to hold to.
func guarded(h http.Handler, https bool) http.Handler {
	// Refuses what a page of another site makes a browser send, by the headers
	// Sec-Fetch-Site and Origin, which no script can forge. GET is let through: so
	// nothing may change on GET.
	h = http.NewCrossOriginProtection().Handler(h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Cache-Control", "no-store")
		// No scripts, no frames, and nothing from elsewhere. There is no form-action:
		// browsers hold redirects after a form to it, and sign-out goes on to the
		// provider.
		header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'")
		header.Set("Referrer-Policy", "same-origin") // the callback's URL holds a code
		header.Set("X-Content-Type-Options", "nosniff")
		if https { // with a certificate of its own making nobody could get past the browser's warning
			header.Set("Strict-Transport-Security", "max-age=31536000")
		}
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		h.ServeHTTP(w, r)
	})
}

// signedIn lets through who is signed in, and has others sign in first.
func (a *app) signedIn(h func(http.ResponseWriter, *http.Request, session)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s, ok := a.sessions.find(r)
		if !ok {
			http.Redirect(w, r, "/login?return_to=/account", http.StatusSeeOther)
			return
		}
		h(w, r, s)
	}
}

// homePage is what the start page shows.
type homePage struct {
	SignedIn   bool
	StillKnown bool // to the provider, after signing out
}

func (a *app) home(w http.ResponseWriter, r *http.Request) {
	_, ok := a.sessions.find(r)
	show(w, http.StatusOK, "home.html", homePage{SignedIn: ok, StillKnown: remained(w, r)})
}
