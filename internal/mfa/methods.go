package mfa

import (
	"context"
	"net/http"
	"time"

	"usher/internal/httpapi"
)

// The types of methods, in words that outlive a provider.
const (
	TOTP             = "totp" // an authenticator app
	SMS              = "sms"
	Voice            = "voice"
	Email            = "email"
	Push             = "push"
	WebAuthnRoaming  = "webauthn-roaming"  // a security key
	WebAuthnPlatform = "webauthn-platform" // the device's own
	Passkey          = "passkey"           // takes the password's place
	RecoveryCode     = "recovery-code"
	Other            = "other" // one that the provider has come to know since
)

// Method is one way in which a user can prove who they are, on the wire.
type Method struct {
	ID          string     `json:"id"`
	Type        string     `json:"type"`
	Confirmed   bool       `json:"confirmed"` // false while the user has yet to use it for the first time
	Name        string     `json:"name,omitempty"`
	PhoneNumber string     `json:"phone_number,omitempty"` // masked
	Email       string     `json:"email,omitempty"`        // masked
	CreatedAt   *time.Time `json:"created_at,omitempty"`
	LastUsedAt  *time.Time `json:"last_used_at,omitempty"`
}

// Lister lists all that a user has enrolled, the password excepted. It fails
// with user-not-found.
type Lister interface {
	Methods(ctx context.Context, userID string) ([]Method, error)
}

// List serves GET /mfa/{user_id}.
func List(dir Lister) httpapi.Operation {
	handler := func(w http.ResponseWriter, r *http.Request) error {
		id, err := httpapi.OnlyUserID(r, "user_id")
		if err != nil {
			return err
		}
		found, err := dir.Methods(r.Context(), id)
		if err != nil {
			return err
		}
		for i := range found {
			found[i].mask()
		}
		return httpapi.JSON(w, http.StatusOK, struct {
			Methods []Method `json:"methods"`
		}{found})
	}
	return httpapi.Operation{Routes: []string{"GET /mfa/{user_id}"}, Handler: handler}
}
