package mfa

import (
	"context"
	"net/http"

	"usher/internal/httpapi"
)

// RecoveryMaker makes a new recovery code; the one before is good no more. It
// fails with user-not-found and mfa-not-enrolled.
type RecoveryMaker interface {
	NewRecoveryCode(ctx context.Context, userID string) (string, error)
}

// CreateRecoveryCode serves POST /mfa/{user_id}/recovery-code. The code is shown
// this once; nobody can read it again.
func CreateRecoveryCode(dir RecoveryMaker) httpapi.Operation {
	handler := func(w http.ResponseWriter, r *http.Request) error {
		id, err := httpapi.OnlyUserID(r, "user_id")
		if err != nil {
			return err
		}
		code, err := dir.NewRecoveryCode(r.Context(), id)
		if err != nil {
			return err
		}
		return httpapi.JSON(w, http.StatusCreated, struct {
			RecoveryCode string `json:"recovery_code"`
		}{code})
	}
	return httpapi.Operation{Routes: []string{"POST /mfa/{user_id}/recovery-code"}, Handler: handler, Change: "recovery-code.create"}
}
