package blocks

import (
	"context"
	"net/http"

	"usher/internal/httpapi"
)

// Unblocker lifts an administrator's block. It is idempotent, and fails with
// user-not-found where there is no such user.
type Unblocker interface {
	Unblock(ctx context.Context, userID string) error
}

// Delete serves DELETE /blocks/{user_id}.
func Delete(dir Unblocker) httpapi.Operation {
	handler := func(w http.ResponseWriter, r *http.Request) error {
		id, err := httpapi.OnlyUserID(r, "user_id")
		if err != nil {
			return err
		}
		if err := dir.Unblock(r.Context(), id); err != nil {
			return err
		}
		return httpapi.NoContent(w)
	}
	return httpapi.Operation{Routes: []string{"DELETE /blocks/{user_id}"}, Handler: handler, Change: "user.unblock"}
}
