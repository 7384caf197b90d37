package main

import "net/http"

// app is the site.
type app struct {
	usher    *usher
	url      string // its own, no slash at its end
	sessions *sessions
	https    bool // with a real certificate: browsers must not use http: any more
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

// guarded adds the protection that all pages need.
func guarded(h http.Handler, https bool) http.Handler {
	// Refuses requests from pages of other sites, by Sec-Fetch-Site and Origin, which scripts cannot
	// forge. It allows every GET, so a GET must not change anything.
	h = http.NewCrossOriginProtection().Handler(h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Cache-Control", "no-store")
		// No scripts, no frames, and nothing from other hosts. form-action is missing, because it
		// would block the redirect to the provider after the form for signing out.
		header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'")
		header.Set("Referrer-Policy", "same-origin") // the callback's URL holds a code
		header.Set("X-Content-Type-Options", "nosniff")
		if https { // a self-signed certificate would lock users out
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

func (a *app) home(w http.ResponseWriter, r *http.Request) {
	_, signedIn := a.sessions.find(r)
	show(w, http.StatusOK, "home.html", map[string]bool{"SignedIn": signedIn, "StillKnown": remained(w, r)})
}
