package mfa

import (
	"context"
	"net/http"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
)

// Remover removes one of a user's methods. It fails with user-not-found or
// mfa-method-not-found.
type Remover interface {
	Remove(ctx context.Context, user limits.UserID, method string) error
}

// DeleteMethod serves DELETE /mfa/{user_id}/methods/{method}.
func DeleteMethod(dir Remover) api.Operation {
	return api.Operation{
		Name:        "deletemfamethod",
		Routes:      []string{"DELETE /mfa/{user_id}/methods/{method}"},
		Parameters:  api.Parameters{"user_id": api.User, "method": api.MFAMethod},
		Permissions: []permission.Name{permission.MFA},
		Change:      "mfa-method.delete",
		Urgent:      true,
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			return httpapi.NoContent(w, dir.Remove(r.Context(), c.User, c.Parameter("method")))
		},
	}
}
