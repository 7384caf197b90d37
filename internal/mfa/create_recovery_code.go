package mfa

import (
	"context"
	"net/http"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
)

// RecoveryMaker creates a recovery code, which replaces the previous one. It fails with
// user-not-found or mfa-not-enrolled.
type RecoveryMaker interface {
	NewRecoveryCode(ctx context.Context, user limits.UserID) (string, error)
}

// CreateRecoveryCode serves POST /mfa/{user_id}/recovery-code. The code is only in this
// response.
func CreateRecoveryCode(dir RecoveryMaker) api.Operation {
	return api.Operation{
		Name:        "createrecoverycode",
		Routes:      []string{"POST /mfa/{user_id}/recovery-code"},
		Parameters:  api.Parameters{"user_id": api.User},
		Permissions: []permission.Name{permission.MFA},
		Change:      "recovery-code.create",
		Urgent:      true,
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			code, err := dir.NewRecoveryCode(r.Context(), c.User)
			if err != nil {
				return err
			}
			return httpapi.JSON(w, http.StatusCreated, struct {
				RecoveryCode string `json:"recovery_code"`
			}{code})
		},
	}
}
