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
			masked := append([]Method{}, found...) // an empty list, not null
			for i := range masked {
				masked[i].mask()
			}
			return httpapi.JSON(w, http.StatusOK, struct {
				Methods []Method `json:"methods"`
			}{masked})
		},
	}
}
