package mfa

import (
	"context"
	"net/http"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
)

// ResetResult is the JSON form of a reset's result.
type ResetResult struct {
	MethodsRemoved int  `json:"methods_removed"`
	SessionsEnded  bool `json:"sessions_ended"` // false if the provider's plan cannot end sessions
}

// Resetter removes all of a user's methods and remembered browsers, and then ends the user's
// sessions and refresh tokens. It is idempotent. It fails with user-not-found, or with
// partly-updated if a later step fails.
type Resetter interface {
	Reset(ctx context.Context, user limits.UserID) (ResetResult, error)
}

// Reset serves DELETE /mfa/{user_id}.
func Reset(dir Resetter) api.Operation {
	return api.Operation{
		Name:        "resetmfa",
		Routes:      []string{"DELETE /mfa/{user_id}"},
		Parameters:  api.Parameters{"user_id": api.User},
		Permissions: []permission.Name{permission.MFA},
		Change:      "mfa.reset",
		Urgent:      true,
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			done, err := dir.Reset(r.Context(), c.User)
			if err != nil {
				return err
			}
			return httpapi.JSON(w, http.StatusOK, done)
		},
	}
}
