package web

import (
	"net/http"
	"net/url"

	"usher/cmd/internal/console/usher"
)

// sessionsBody is the data of the section.
type sessionsBody struct {
	Failure  *notice
	Sessions []usher.Session
	Next     string
	Later    bool
}

func (s *Site) readSessions(r *http.Request, v visit, t target) any {
	query := url.Values{"limit": {"25"}}
	cursor := r.URL.Query().Get("cursor")
	if cursor != "" {
		query.Set("cursor", cursor)
	}
	got, _, err := usher.Read[usher.Sessions](r.Context(), s.Usher, v.person.User.ID, usher.Path("sessions", t.User.ID), query)
	return sessionsBody{Failure: s.failure(err), Sessions: got.Sessions, Next: got.Next, Later: cursor != ""}
}

func endSession(s *Site, c change) (outcome, error) {
	got, err := c.call(s, http.MethodDelete, usher.Path("sessions", c.target.User.ID, c.r.PostForm.Get("session")), nil)
	return good(got, "The session has ended. Access tokens that applications already have stay valid until they expire."), err
}

func endSessions(s *Site, c change) (outcome, error) {
	got, err := c.call(s, http.MethodDelete, usher.Path("sessions", c.target.User.ID), nil)
	return good(got, "All sessions at the provider have ended. Access tokens that applications already have stay valid until they expire."), err
}
