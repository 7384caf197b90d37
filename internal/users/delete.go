package users

import (
	"context"
	"net/http"
	"strings"

	"usher/internal/httpapi"
	"usher/internal/problem"
)

// Deleter deletes users. Delete is idempotent: it succeeds where there is no
// such user (any more).
type Deleter interface {
	Finder
	Delete(ctx context.Context, id string) error
}

// Delete serves DELETE /users/{id}, and DELETE /users with the address of
// exactly one user in the query or in the body.
func Delete(dir Deleter) httpapi.Operation {
	handler := func(w http.ResponseWriter, r *http.Request) error {
		id, err := idToDelete(dir, r)
		if err != nil {
			return err
		}
		httpapi.Concerns(r.Context(), id)
		if err := dir.Delete(r.Context(), id); err != nil {
			return err
		}
		return httpapi.NoContent(w)
	}
	return httpapi.Operation{Routes: []string{"DELETE /users/{id}", "DELETE /users"}, Handler: handler, Change: "user.delete"}
}

func idToDelete(dir Deleter, r *http.Request) (string, error) {
	if strings.HasSuffix(r.Pattern, "/{id}") {
		if err := httpapi.NoQuery(r); err != nil {
			return "", err
		}
		return httpapi.PathID(r, "id")
	}
	email, err := emailToDelete(r)
	if err != nil {
		return "", err
	}
	found, err := holders(r.Context(), dir, email)
	if err != nil {
		return "", err
	}
	if found, err = withinLimits(r.Context(), found); err != nil {
		return "", err
	}
	return theOnlyOne(found)
}

func emailToDelete(r *http.Request) (string, error) {
	q := httpapi.NewQuery(r)
	email := q.String("email")
	if err := q.Err(); err != nil {
		return "", err
	}
	if httpapi.HasBody(r) {
		if email != "" {
			return "", problem.Invalid("email", "must stand in the query or in the body, not in both")
		}
		var body struct {
			Email string `json:"email"`
		}
		if err := httpapi.Decode(r, &body); err != nil {
			return "", err
		}
		email = body.Email
	}
	if fault := httpapi.FaultOfAskedEmail(email); fault != "" {
		return "", problem.Invalid("email", fault)
	}
	return email, nil
}

// theOnlyOne refuses to choose: an address may belong to users of several
// connections, and deleting the wrong one cannot be undone.
func theOnlyOne(found []User) (string, error) {
	switch len(found) {
	case 0:
		return "", problem.UserNotFound.New("No user has this email address.")
	case 1:
		return found[0].ID, nil
	}
	ids := make([]problem.Field, len(found))
	for i, user := range found {
		ids[i] = problem.Field{Field: "id", Detail: user.ID}
	}
	return "", problem.EmailAmbiguous.New("Several users have this email address; nothing was deleted. Delete by id.", ids...)
}
