package web

import (
	"net/http"
	"net/url"

	"usher/cmd/internal/console/usher"
)

// identitiesBody is the data of the section.
type identitiesBody struct {
	Failure *notice
	usher.Identities
}

func (s *Site) readIdentities(r *http.Request, v visit, t target) any {
	got, _, err := usher.Read[usher.Identities](r.Context(), s.Usher, v.person.User.ID, usher.Path("identities", t.User.ID), url.Values{"suggest": {"true"}})
	return identitiesBody{s.failure(err), got}
}
