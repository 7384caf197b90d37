package mfa

import (
	"context"
	"net/http"

	"usher/internal/httpapi"
)

// Reset is what a reset has done, on the wire.
type Reset struct {
	MethodsRemoved int  `json:"methods_removed"` // none where there were none, as after an earlier reset
	SessionsEnded  bool `json:"sessions_ended"`  // false where the provider's plan has no sessions that could be ended
}

// Resetter removes all of a user's methods, has the provider forget the
// browsers that it remembers, and then ends the user's sessions and refresh
// tokens. It is idempotent. It fails with user-not-found, and with
// partly-updated where the methods are gone and more was to be done.
type Resetter interface {
	Reset(ctx context.Context, userID string) (Reset, error)
}

// DeleteAll serves DELETE /mfa/{user_id}.
func DeleteAll(dir Resetter) httpapi.Operation {
	handler := func(w http.ResponseWriter, r *http.Request) error {
		id, err := httpapi.OnlyUserID(r, "user_id")
		if err != nil {
			return err
		}
		done, err := dir.Reset(r.Context(), id)
		if err != nil {
			return err
		}
		return httpapi.JSON(w, http.StatusOK, done)
	}
	return httpapi.Operation{Routes: []string{"DELETE /mfa/{user_id}"}, Handler: handler, Change: "mfa.reset"}
}
