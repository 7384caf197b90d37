package web

import (
	"encoding/json"
	"net/http"

	"usher/cmd/internal/console/usher"
)

// sessionsNotEnded is told where the provider's plan cannot end sessions.
const sessionsNotEnded = "Sessions could not be ended, because the provider's plan does not include that. " +
	"Browsers in which the user is signed in stay signed in until those sessions expire."

// sessionsEnded reads the member sessions_ended of a response.
func sessionsEnded(got usher.Answer) bool {
	var out struct {
		SessionsEnded bool `json:"sessions_ended"`
	}
	_ = json.Unmarshal(got.Body, &out) // unreadable counts as not ended
	return out.SessionsEnded
}

func block(s *Site, c change) (outcome, error) {
	got, err := c.call(s, http.MethodPut, usher.Path("blocks", c.target.User.ID), nil)
	if err != nil {
		return outcome{}, err
	}
	done := good(got, "The user is blocked and signed out everywhere.")
	if !sessionsEnded(got) {
		done.Kind, done.Text, done.Cure = "warn", "The user is blocked: no new sign-in succeeds.", sessionsNotEnded
	}
	return done, nil
}

func unblock(s *Site, c change) (outcome, error) {
	got, err := c.call(s, http.MethodDelete, usher.Path("blocks", c.target.User.ID), nil)
	return good(got, "The user is no longer blocked and can sign in again."), err
}

func liftLoginBlocks(s *Site, c change) (outcome, error) {
	got, err := c.call(s, http.MethodDelete, usher.Path("login-blocks", c.target.User.ID), nil)
	return good(got, "All blocks after wrong passwords are lifted."), err
}
