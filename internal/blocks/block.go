package blocks

import (
	"context"
	"net/http"

	"usher/internal/httpapi"
)

// Block is an administrator's block, on the wire.
type Block struct {
	UserID        string `json:"user_id"`
	Blocked       bool   `json:"blocked"`
	SessionsEnded bool   `json:"sessions_ended"` // false where the provider's plan has no sessions that could be ended
}

// Blocker blocks a user, and then ends the user's sessions and refresh tokens.
// It is idempotent. Its errors are problems: user-not-found, partly-updated
// where the user is blocked and may still be signed in, and those of a failing
// provider.
type Blocker interface {
	Block(ctx context.Context, userID string) (sessionsEnded bool, err error)
}

// Put serves PUT /blocks/{user_id}.
func Put(dir Blocker) httpapi.Operation {
	handler := func(w http.ResponseWriter, r *http.Request) error {
		id, err := httpapi.OnlyUserID(r, "user_id")
		if err != nil {
			return err
		}
		ended, err := dir.Block(r.Context(), id)
		if err != nil {
			return err
		}
		return httpapi.JSON(w, http.StatusOK, Block{UserID: id, Blocked: true, SessionsEnded: ended})
	}
	return httpapi.Operation{Routes: []string{"PUT /blocks/{user_id}"}, Handler: handler, Change: "user.block"}
}
