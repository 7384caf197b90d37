package blocks

import (
	"context"
	"net/http"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
)

// Lifter lifts all of a user's login blocks. It is idempotent. It fails with
// user-not-found.
type Lifter interface {
	LiftLoginBlocks(ctx context.Context, user limits.UserID) error
}

// DeleteLoginBlocks serves DELETE /login-blocks/{user_id}.
func DeleteLoginBlocks(dir Lifter) api.Operation {
	return api.Operation{
		Name:        "deleteloginblocks",
		Routes:      []string{"DELETE /login-blocks/{user_id}"},
		Parameters:  api.Parameters{"user_id": api.User},
		Permissions: []permission.Name{permission.Support},
		Change:      "login-blocks.lift",
		Urgent:      true,
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			return httpapi.NoContent(w, dir.LiftLoginBlocks(r.Context(), c.User))
		},
	}
}
