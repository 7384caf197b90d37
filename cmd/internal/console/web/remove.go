package web

import (
	"net/http"
	"strings"
	"unicode"

	"usher/cmd/internal/console/usher"
)

// confirmation returns what a person has to type before a user is deleted: the address, or else
// the name shown.
func confirmation(u usher.User) string {
	if u.Email != "" {
		return u.Email
	}
	return spaced(u.Label())
}

// spaced has single spaces, as a browser shows the text, and nothing that does not show.
func spaced(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, plain(s))), " ")
}

func deleteUser(s *Site, c change) (outcome, error) {
	want := confirmation(c.target.User)
	if spaced(c.r.PostForm.Get("confirm")) != spaced(want) {
		return outcome{notice: notice{Kind: "bad", Text: "The typed text is not this user's, so nothing was deleted.", Cure: "Type exactly: " + want}}, nil
	}
	got, err := c.call(s, http.MethodDelete, usher.Path("users", c.target.User.ID), nil)
	done := good(got, "The user "+want+" is deleted.")
	done.to = "/users"
	return done, err
}
