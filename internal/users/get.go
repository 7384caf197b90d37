package users

import (
	"context"
	"net/http"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
)

// Getter returns one user by ID, or user-not-found.
type Getter interface {
	User(ctx context.Context, id limits.UserID) (User, error)
}

// WithinGetter reads a user together with the check of the front-end's limits, in one call. It fails as
// Getter does, or with a problem of the limits.
type WithinGetter interface {
	UserWithin(ctx context.Context, f limits.FrontEnd, id string) (User, limits.UserID, error)
}

// Get serves GET /users/{id}.
func Get(dir Getter) api.Operation {
	return api.Operation{
		Name:        "getuser",
		Routes:      []string{"GET /users/{id}"},
		Parameters:  api.Parameters{"id": api.User},
		Permissions: []permission.Name{permission.Read},
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			user, err := dir.User(r.Context(), c.User)
			if err != nil {
				return err
			}
			return httpapi.Tagged(w, http.StatusOK, user.VisibleTo(c))
		},
	}
}
