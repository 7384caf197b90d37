package web

import (
	"encoding/json"
	"fmt"
	"net/http"

	"usher/cmd/internal/console/usher"
)

// factorNames are the types of factors in words.
var factorNames = map[string]string{
	"totp": "Authenticator app", "sms": "Text message", "voice": "Phone call", "email": "Email", "push": "Push message to an app",
	"webauthn-roaming": "Security key", "webauthn-platform": "Device with a fingerprint or PIN", "passkey": "Passkey", "recovery-code": "Recovery code",
}

func factorName(kind string) string {
	if name, known := factorNames[kind]; known {
		return name
	}
	return "Another method"
}

// factorsBody is the data of the section.
type factorsBody struct {
	Failure *notice
	Factors []usher.Factor
	Key     string
}

func (s *Site) readFactors(r *http.Request, v visit, t target) any {
	got, _, err := usher.Read[usher.Factors](r.Context(), s.Usher, v.person.User.ID, usher.Path("mfa", t.User.ID), nil)
	return factorsBody{Failure: s.failure(err), Factors: got.Methods, Key: v.session.Key()}
}

func removeFactor(s *Site, c change) (outcome, error) {
	got, err := c.call(s, http.MethodDelete, usher.Path("mfa", c.target.User.ID, "methods", c.r.PostForm.Get("method")), nil)
	return good(got, "The factor is removed. The user's sessions remain."), err
}

func removeFactors(s *Site, c change) (outcome, error) {
	got, err := c.call(s, http.MethodDelete, usher.Path("mfa", c.target.User.ID), nil)
	if err != nil {
		return outcome{}, err
	}
	var out struct {
		Removed int `json:"methods_removed"`
	}
	_ = json.Unmarshal(got.Body, &out) // only for the text
	done := good(got, fmt.Sprintf("All factors are removed (%d), and the user is signed out everywhere. The password opens the account until the user enrols again.", out.Removed))
	if !sessionsEnded(got) {
		done.Kind, done.Cure = "warn", sessionsNotEnded
		done.Text = fmt.Sprintf("All factors are removed (%d). The password opens the account until the user enrols again.", out.Removed)
	}
	return done, nil
}

func newRecoveryCode(s *Site, c change) (outcome, error) {
	got, err := c.call(s, http.MethodPost, usher.Path("mfa", c.target.User.ID, "recovery-code"), nil)
	made, err := usher.As[struct {
		Code string `json:"recovery_code"`
	}](got, err)
	if err != nil {
		return outcome{}, err
	}
	done := good(got, "The new recovery code is ready. It is shown only now, and the previous one is invalid.")
	done.once = &credential{
		What: "Recovery code", Value: made.Code,
		Advice: "It replaces the second factor once. Verify who the recipient is, and give it to the user only.",
	}
	return done, nil
}
