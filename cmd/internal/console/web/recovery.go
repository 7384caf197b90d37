package web

import (
	"net/http"
	"slices"
	"strconv"

	"usher/cmd/internal/console/usher"
)

// mayHavePassword reports whether one of a user's identities may have a password.
func mayHavePassword(u usher.User) bool {
	return slices.ContainsFunc(u.Identities, func(i usher.UserIdentity) bool { return !i.Social })
}

// mailConnection returns the connection of the password to which the user's address belongs; ""
// for none. A linked identity has another address: with the user's address in its connection, the
// mail would be about another account.
func mailConnection(u usher.User) string {
	if u.Email == "" || len(u.Identities) == 0 || u.Identities[0].Social {
		return ""
	}
	return u.Connection()
}

func mailPassword(s *Site, c change) (outcome, error) {
	u := c.target.User
	connection := mailConnection(u)
	if connection == "" {
		return outcome{notice: notice{
			Kind: "bad", Text: "This user's address has no password here, so no mail was sent.", Cure: "Let the user sign in where the account is.",
		}}, nil
	}
	got, err := c.call(s, http.MethodPost, "/password-resets", map[string]any{"email": u.Email, "connection": connection})
	return good(got, "The provider mails a link to set a password to "+u.Email+", if the account has a password."), err
}

func linkPassword(s *Site, c change) (outcome, error) {
	in := map[string]any{"user_id": c.target.User.ID}
	if ttl, err := strconv.Atoi(c.r.PostForm.Get("ttl")); err == nil {
		in["ttl"] = ttl
	}
	return c.link(s, "/password-tickets", in, credential{
		What:   "Link to set a password",
		Advice: "This link gives its holder the account. Verify who the recipient is, and pass it on to the user only.",
	})
}

func linkVerification(s *Site, c change) (outcome, error) {
	return c.link(s, "/verification-tickets", map[string]any{"user_id": c.target.User.ID}, credential{
		What:   "Link to verify the address",
		Advice: "The use of this link proves that the address belongs to the user. Mail it to that address and nowhere else.",
	})
}

// link makes a link that is shown once.
func (c change) link(s *Site, path string, in map[string]any, what credential) (outcome, error) {
	got, err := c.call(s, http.MethodPost, path, in)
	made, err := usher.As[usher.Link](got, err)
	if err != nil {
		return outcome{}, err
	}
	what.Value, what.ExpiresAt = made.URL, made.ExpiresAt
	done := good(got, "The link is ready. It is shown only now.")
	done.once = &what
	return done, nil
}

func mailVerification(s *Site, c change) (outcome, error) {
	got, err := c.call(s, http.MethodPost, "/verification-emails", map[string]any{"user_id": c.target.User.ID})
	return good(got, "The provider mails a link to verify the address to "+c.target.User.Email+"."), err
}
