package users

import (
	"context"
	"net/http"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
	"usher/internal/problem"
	"usher/internal/valid"
)

// Deleter deletes users. Delete is idempotent: it succeeds if the user does not exist.
type Deleter interface {
	Finder
	Delete(ctx context.Context, user limits.UserID) error
}

// Delete serves DELETE /users/{id}. It also serves DELETE /users with an email address in
// the query or the body, which must belong to exactly one user.
func Delete(dir Deleter) api.Operation {
	return api.Operation{
		Name:        "deleteuser",
		Routes:      []string{"DELETE /users/{id}", "DELETE /users"},
		Parameters:  api.Parameters{"id": api.User},
		Permissions: []permission.Name{permission.Manage},
		Change:      "user.delete",
		TakesQuery:  true,
		ServesGone:  true,
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			user, err := userToDelete(dir, r, c)
			if err != nil {
				return err
			}
			httpapi.Concerns(r.Context(), user.String())
			return httpapi.NoContent(w, dir.Delete(r.Context(), user))
		},
	}
}

func userToDelete(dir Deleter, r *http.Request, c api.Call) (limits.UserID, error) {
	if !c.User.IsZero() {
		return c.User, httpapi.NoQuery(r)
	}
	email, err := emailToDelete(r)
	if err != nil {
		return limits.UserID{}, err
	}
	return FindOne(r.Context(), dir, c.FrontEnd, email)
}

// FindOne returns the only user with an address, in any case. It fails with user-not-found or
// email-ambiguous, with a problem of the front-end's limits, or with a provider error.
func FindOne(ctx context.Context, dir Finder, f limits.FrontEnd, email string) (limits.UserID, error) {
	found, err := findByEmail(ctx, dir, f, email)
	if err != nil {
		return limits.UserID{}, err
	}
	return requireOne(f, found)
}

func emailToDelete(r *http.Request) (string, error) {
	q := httpapi.NewQuery(r)
	email := q.String("email")
	if err := q.Err(); err != nil {
		return "", err
	}
	if httpapi.HasBody(r) {
		if email != "" {
			return "", problem.Invalid("email", "must be in the query or in the body, not in both")
		}
		var body struct {
			Email string `json:"email"`
		}
		if err := httpapi.Decode(r, &body); err != nil {
			return "", err
		}
		email = body.Email
	}
	if email == "" {
		return "", problem.Invalid("email", "is missing: send it in the query or in the body")
	}
	if fault := valid.KnownEmail(email); fault != "" {
		return "", problem.Invalid("email", fault)
	}
	return email, nil
}

// requireOne fails unless exactly one user was found. Users of several connections may
// share an address, and a deletion cannot be undone.
func requireOne(f limits.FrontEnd, found []User) (limits.UserID, error) {
	switch len(found) {
	case 0:
		return limits.UserID{}, problem.UserNotFound.New("No user has this email address.")
	case 1:
		return found[0].Within(f)
	}
	ids := make([]problem.Field, len(found))
	for i, user := range found {
		ids[i] = problem.Field{Field: "id", Detail: user.ID}
	}
	const detail = "Several users have this email address. Nothing was deleted. Delete by ID."
	return limits.UserID{}, problem.EmailAmbiguous.New(detail, ids...)
}
