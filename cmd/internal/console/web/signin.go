package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"usher/cmd/internal/console/usher"
)

// login serves GET /login: it begins a sign-in at Usher, and relays the redirect to the provider.
func (s *Site) login(w http.ResponseWriter, r *http.Request) {
	query := url.Values{"redirect_uri": {s.URL + "/callback"}}
	if back := r.FormValue("return_to"); back != "" {
		query.Set("return_to", back) // Usher refuses anything but a path of this site
	}
	if !s.WithoutMFA {
		query.Set("mfa", "required")
	}
	if connection := s.Policy.Connection(); connection != "" {
		query.Set("connection", connection)
	}
	got, err := s.Usher.Do(r.Context(), usher.Call{Method: http.MethodGet, Path: "/login", Query: query})
	if p, ok := errors.AsType[*usher.Problem](err); ok && p.Code == "invalid-request" && query.Has("return_to") {
		query.Del("return_to")
		got, err = s.Usher.Do(r.Context(), usher.Call{Method: http.MethodGet, Path: "/login", Query: query})
	}
	if err != nil {
		s.failWith(w, r, err)
		return
	}
	dropOldSignIns(w, r)
	relayCookies(w, got)
	w.Header().Set("Location", got.Header.Get("Location"))
	w.WriteHeader(http.StatusFound)
}

// callback serves GET /callback: the browser comes back from the provider.
func (s *Site) callback(w http.ResponseWriter, r *http.Request) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		s.fail(w, r, http.StatusBadRequest, notice{Text: "This address is incomplete.", Cure: "Start the sign-in again."})
		return
	}
	got, err := s.Usher.Do(r.Context(), usher.Call{
		Method: http.MethodGet, Path: "/callback", Query: query, Cookies: ushersCookies(r),
	})
	relayCookies(w, got) // with an error, too: Usher clears the cookie of a finished sign-in
	var in usher.SignIn
	if err == nil {
		in, err = usher.ReadSignIn(got)
	}
	if err != nil {
		s.failWith(w, r, err)
		return
	}
	s.admit(w, r, in)
}

// admit begins a session if the account belongs to a member of staff.
func (s *Site) admit(w http.ResponseWriter, r *http.Request, in usher.SignIn) {
	if !in.Authentication.MFA && !s.WithoutMFA {
		s.fail(w, r, http.StatusForbidden, notice{
			Text: "This sign-in used no second factor.", Cure: "Start the sign-in again from the console's start page.",
		})
		return
	}
	p, err := s.readPerson(r.Context(), in.Account.ID)
	if out, ok := errors.AsType[*notStaff](err); ok {
		s.Log.Warn("sign-in refused", "user", loggedID(in.Account.ID), "reason", out.why)
		s.fail(w, r, http.StatusForbidden, notice{Text: out.why, Cure: "Sign in with a staff account."})
		return
	}
	if err != nil {
		s.failWith(w, r, err)
		return
	}
	s.sessions.Begin(w, r, in.Account.ID, in.Tokens.IDToken).Keep(p)
	back := in.ReturnTo // Usher has sealed it in /login: it is a path of this site
	if !strings.HasPrefix(back, "/users") && !strings.HasPrefix(back, "/jobs") && back != "/invite" {
		back = "/users"
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
}

func isUshers(c *http.Cookie) bool {
	return strings.HasPrefix(c.Name, "usher-") || strings.HasPrefix(c.Name, "__Host-usher-")
}

// ushersCookies returns Usher's cookies among the browser's. Usher needs no others.
func ushersCookies(r *http.Request) []*http.Cookie {
	return slices.DeleteFunc(r.Cookies(), func(c *http.Cookie) bool { return !isUshers(c) })
}

// maxSignIns bounds the cookies of a callback: each unfinished sign-in leaves one for ten minutes,
// and a private API accepts 8,000 bytes of headers.
const maxSignIns = 6

// dropOldSignIns removes the cookies of a browser with too many unfinished sign-ins.
func dropOldSignIns(w http.ResponseWriter, r *http.Request) {
	old := ushersCookies(r)
	if len(old) < maxSignIns {
		return
	}
	for _, c := range old {
		http.SetCookie(w, &http.Cookie{
			Name: c.Name, Path: "/", MaxAge: -1, HttpOnly: true, Secure: strings.HasPrefix(c.Name, "__Host-"), SameSite: http.SameSiteLaxMode,
		})
	}
}

// relayCookies gives the browser the cookies that Usher sets, unchanged.
func relayCookies(w http.ResponseWriter, got usher.Answer) {
	for _, line := range got.Header.Values("Set-Cookie") {
		if c, err := http.ParseSetCookie(line); err == nil && isUshers(c) {
			w.Header().Add("Set-Cookie", line)
		}
	}
}
