package mfa

import (
	"context"
	"net/http"
	"time"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
)

// The types of methods, with names that do not depend on the provider.
const (
	TOTP             = "totp" // an authenticator app
	SMS              = "sms"
	Voice            = "voice"
	Email            = "email"
	Push             = "push"
	WebAuthnRoaming  = "webauthn-roaming"  // a security key
	WebAuthnPlatform = "webauthn-platform" // an authenticator of the device
	Passkey          = "passkey"           // replaces the password
	RecoveryCode     = "recovery-code"
	Other            = "other" // unknown to this version
)

// Method is the JSON form of an authentication method.
type Method struct {
	ID          string     `json:"id"`
	Type        string     `json:"type"`
	Confirmed   bool       `json:"confirmed"` // whether the user has completed the enrollment
	Name        string     `json:"name,omitempty"`
	PhoneNumber string     `json:"phone_number,omitempty"` // masked
	Email       string     `json:"email,omitempty"`        // masked
	CreatedAt   *time.Time `json:"created_at,omitempty"`
	LastUsedAt  *time.Time `json:"last_used_at,omitempty"`
}

// Lister lists all of a user's methods except the password. It fails with user-not-found.
type Lister interface {
	Methods(ctx context.Context, user limits.UserID) ([]Method, error)
}

// Get serves GET /mfa/{user_id}.
func Get(dir Lister) api.Operation {
	return api.Operation{
		Name:        "getmfa",
		Routes:      []string{"GET /mfa/{user_id}"},
		Parameters:  api.Parameters{"user_id": api.User},
		Permissions: []permission.Name{permission.MFA},
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			found, err := dir.Methods(r.Context(), c.User)
			if err != nil {
				return err
			}
			return httpapi.JSON(w, http.StatusOK, struct {
				Methods []Method `json:"methods"`
			}{Masked(found)})
		},
	}
}
