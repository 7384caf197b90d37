package blocks

import (
	"context"
	"net/http"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
)

// Unblocker lifts an administrator's block. It is idempotent. It fails with user-not-found.
type Unblocker interface {
	Unblock(ctx context.Context, user limits.UserID) error
}

// UnblockUser serves DELETE /blocks/{user_id}.
func UnblockUser(dir Unblocker) api.Operation {
	return api.Operation{
		Name:        "unblockuser",
		Routes:      []string{"DELETE /blocks/{user_id}"},
		Parameters:  api.Parameters{"user_id": api.User},
		Permissions: []permission.Name{permission.Support},
		Change:      "user.unblock",
		Urgent:      true,
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			return httpapi.NoContent(w, dir.Unblock(r.Context(), c.User))
		},
	}
}
