package blocks

import (
	"context"
	"net/http"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
)

// Block is the JSON form of an administrator's block.
type Block struct {
	UserID        string `json:"user_id"`
	Blocked       bool   `json:"blocked"`
	SessionsEnded bool   `json:"sessions_ended"` // false if the provider's plan cannot end sessions
}

// Blocker blocks a user and then ends the user's sessions and refresh tokens. It is
// idempotent. It fails with user-not-found, with partly-updated if the user is blocked but
// may still be signed in, or with a provider error.
type Blocker interface {
	Block(ctx context.Context, user limits.UserID) (sessionsEnded bool, err error)
}

// BlockUser serves PUT /blocks/{user_id}.
func BlockUser(dir Blocker) api.Operation {
	return api.Operation{
		Name:        "blockuser",
		Routes:      []string{"PUT /blocks/{user_id}"},
		Parameters:  api.Parameters{"user_id": api.User},
		Permissions: []permission.Name{permission.Support},
		Change:      "user.block",
		Urgent:      true,
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			ended, err := dir.Block(r.Context(), c.User)
			if err != nil {
				return err
			}
			return httpapi.JSON(w, http.StatusOK, Block{UserID: c.User.String(), Blocked: true, SessionsEnded: ended})
		},
	}
}
