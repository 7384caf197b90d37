package users

import (
	"context"
	"net/http"

	"usher/internal/httpapi"
)

// Getter finds one user by id, or fails with user-not-found.
type Getter interface {
	User(ctx context.Context, id string) (User, error)
}

// Get serves GET /users/{id}.
func Get(dir Getter) httpapi.Operation {
	handler := func(w http.ResponseWriter, r *http.Request) error {
		id, err := httpapi.OnlyUserID(r, "id")
		if err != nil {
			return err
		}
		user, err := dir.User(r.Context(), id)
		if err != nil {
			return err
		}
		return httpapi.Tagged(w, http.StatusOK, shown(r.Context(), user))
	}
	return httpapi.Operation{Routes: []string{"GET /users/{id}"}, Handler: handler}
}
