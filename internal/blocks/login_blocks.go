package blocks

import (
	"context"
	"net/http"

	"usher/internal/httpapi"
)

// LoginBlock keeps sign-ins with one identifier out, from one address or from
// all. The provider sets it after too many wrong passwords.
type LoginBlock struct {
	Identifier string `json:"identifier,omitempty"` // email address, phone number or username
	IP         string `json:"ip,omitempty"`         // "" for all addresses
	Connection string `json:"connection,omitempty"`
}

// Lister lists a user's login blocks, or fails with user-not-found.
type Lister interface {
	LoginBlocks(ctx context.Context, userID string) ([]LoginBlock, error)
}

// List serves GET /login-blocks/{user_id}.
func List(dir Lister) httpapi.Operation {
	handler := func(w http.ResponseWriter, r *http.Request) error {
		id, err := httpapi.OnlyUserID(r, "user_id")
		if err != nil {
			return err
		}
		found, err := dir.LoginBlocks(r.Context(), id)
		if err != nil {
			return err
		}
		return httpapi.JSON(w, http.StatusOK, struct {
			BlockedFor []LoginBlock `json:"blocked_for"`
		}{found})
	}
	return httpapi.Operation{Routes: []string{"GET /login-blocks/{user_id}"}, Handler: handler}
}

// Lifter lifts all of a user's login blocks. It is idempotent, and fails with
// user-not-found where there is no such user.
type Lifter interface {
	LiftLoginBlocks(ctx context.Context, userID string) error
}

// Lift serves DELETE /login-blocks/{user_id}.
func Lift(dir Lifter) httpapi.Operation {
	handler := func(w http.ResponseWriter, r *http.Request) error {
		id, err := httpapi.OnlyUserID(r, "user_id")
		if err != nil {
			return err
		}
		if err := dir.LiftLoginBlocks(r.Context(), id); err != nil {
			return err
		}
		return httpapi.NoContent(w)
	}
	return httpapi.Operation{Routes: []string{"DELETE /login-blocks/{user_id}"}, Handler: handler, Change: "login-blocks.lift"}
}
