package mfa

import (
	"context"
	"net/http"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
)

// ResetResult is what a reset has done, on the wire.
type ResetResult struct {
	MethodsRemoved int  `json:"methods_removed"` // none where there were none, as after an earlier reset
	SessionsEnded  bool `json:"sessions_ended"`  // false where the provider's plan has no sessions that could be ended
}

// Resetter removes all of a user's methods, has the provider forget the
// browsers that it remembers, and then ends the user's sessions and refresh
// tokens. It is idempotent. It fails with user-not-found, and with
// partly-updated where the methods are gone and more was to be done.
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
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			done, err := dir.Reset(r.Context(), c.User)
			if err != nil {
				return err
			}
			return httpapi.JSON(w, http.StatusOK, done)
		},
	}
}
