package mfa

import (
	"context"
	"net/http"

	"usher/internal/httpapi"
)

// Remover removes one of a user's methods. It fails with user-not-found and
// mfa-method-not-found.
type Remover interface {
	Remove(ctx context.Context, userID, method string) error
}

// Remove serves DELETE /mfa/{user_id}/methods/{method}.
func Remove(dir Remover) httpapi.Operation {
	handler := func(w http.ResponseWriter, r *http.Request) error {
		id, err := httpapi.OnlyUserID(r, "user_id")
		if err != nil {
			return err
		}
		method, err := httpapi.PathID(r, "method")
		if err != nil {
			return err
		}
		if err := dir.Remove(r.Context(), id, method); err != nil {
			return err
		}
		return httpapi.NoContent(w)
	}
	return httpapi.Operation{Routes: []string{"DELETE /mfa/{user_id}/methods/{method}"}, Handler: handler, Change: "mfa-method.delete"}
}
