package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"usher/cmd/internal/console/session"
)

// visit is a request of a signed-in person.
type visit struct {
	session *session.Session
	person  person
}

type visitKey struct{}

// visitOf returns the request's visit.
func visitOf(r *http.Request) (visit, bool) {
	v, ok := r.Context().Value(visitKey{}).(visit)
	return v, ok
}

// handler serves a signed-in person.
type handler func(w http.ResponseWriter, r *http.Request, v visit)

// staff lets members of staff through. A search is a POST that changes nothing.
func (s *Site) staff(h handler) http.HandlerFunc { return s.signedIn(h, false) }

// signedIn lets members of staff through. It reads the person again for each action, and checks
// the token of each form.
func (s *Site) signedIn(h handler, acts bool) http.HandlerFunc { return s.checked(h, acts, s.hasToken) }

// checked lets members of staff through whose forms have the session's token, as hasToken finds it.
func (s *Site) checked(h handler, acts bool, hasToken func(http.ResponseWriter, *http.Request, *session.Session) bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		x := s.sessions.Find(r)
		if x == nil {
			s.askToSignIn(w, r)
			return
		}
		if r.Method == http.MethodPost && !hasToken(w, r, x) {
			return
		}
		p, err := s.personOf(r.Context(), x, acts)
		if out, ok := errors.AsType[*notStaff](err); ok {
			s.sessions.EndAll(x.UserID)
			s.sessions.End(w, r)
			s.fail(w, r, http.StatusForbidden, notice{Text: out.why, Cure: "You are signed out of the console. Nothing was done."})
			return
		}
		if err != nil {
			s.logCall(err)
			n := explainRead(err)
			n.Text = "Your permissions cannot be checked at the moment, so nothing was done. " + n.Text
			s.fail(w, r, http.StatusServiceUnavailable, n)
			return
		}
		v := visit{x, p}
		h(w, r.WithContext(context.WithValue(r.Context(), visitKey{}, v)), v)
	}
}

// hasToken checks a form's token, so that no other site can send forms for the person.
func (s *Site) hasToken(w http.ResponseWriter, r *http.Request, x *session.Session) bool {
	if err := r.ParseForm(); err != nil {
		s.fail(w, r, http.StatusBadRequest, notice{Text: "The form could not be read, so nothing was done.", Cure: "Send less text, or load the page again."})
		return false
	}
	return s.ownsToken(w, r, x)
}

// ownsToken checks the token in PostForm.
func (s *Site) ownsToken(w http.ResponseWriter, r *http.Request, x *session.Session) bool {
	if tokens := r.PostForm["csrf"]; len(tokens) != 1 || !x.Owns(tokens[0]) {
		s.fail(w, r, http.StatusForbidden, notice{
			Text: "This form belongs to another session, so nothing was done.", Cure: "Load the page again and repeat what you did.",
		})
		return false
	}
	return true
}

// maxReturnTo is the longest path that Usher takes as return_to.
const maxReturnTo = 256

// askToSignIn shows the start page, with a way back to the requested page.
func (s *Site) askToSignIn(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		s.fail(w, r, http.StatusUnauthorized, notice{Text: "Your session has ended, so nothing was done.", Cure: "Sign in and repeat what you did."})
		return
	}
	back := r.URL.EscapedPath()
	if r.URL.RawQuery != "" {
		back += "?" + r.URL.RawQuery
	}
	if len(back) > maxReturnTo {
		back = "/users"
	}
	s.show(w, r, http.StatusUnauthorized, "start", "Sign in", "/login?return_to="+url.QueryEscape(back))
}

// home serves GET /.
func (s *Site) home(w http.ResponseWriter, r *http.Request) {
	if s.sessions.Find(r) != nil {
		http.Redirect(w, r, "/users", http.StatusSeeOther)
		return
	}
	s.show(w, r, http.StatusOK, "start", "Sign in", "/login")
}
