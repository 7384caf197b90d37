package blocks

import (
	"context"
	"net/http"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
)

// LoginBlock blocks sign-ins with one identifier, from one IP address or from all. The
// provider sets it after too many wrong passwords.
type LoginBlock struct {
	Identifier string `json:"identifier,omitempty"` // email address, phone number or username
	IP         string `json:"ip,omitempty"`         // "" for all addresses
	Connection string `json:"connection,omitempty"`
}

// Lister lists a user's login blocks. It fails with user-not-found.
type Lister interface {
	LoginBlocks(ctx context.Context, user limits.UserID) ([]LoginBlock, error)
}

// GetLoginBlocks serves GET /login-blocks/{user_id}.
func GetLoginBlocks(dir Lister) api.Operation {
	return api.Operation{
		Name:        "getloginblocks",
		Routes:      []string{"GET /login-blocks/{user_id}"},
		Parameters:  api.Parameters{"user_id": api.User},
		Permissions: []permission.Name{permission.Support},
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			found, err := dir.LoginBlocks(r.Context(), c.User)
			if err != nil {
				return err
			}
			return httpapi.JSON(w, http.StatusOK, struct {
				BlockedFor []LoginBlock `json:"blocked_for"`
			}{append([]LoginBlock{}, found...)}) // encodes as [] instead of null
		},
	}
}
