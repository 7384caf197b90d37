package roles

import (
	"context"
	"net/http"
	"slices"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
	"usher/internal/problem"
)

// RemoveUserRoles serves DELETE /user-roles/{user_id}. It removes all of the user's roles,
// or the role in the query. It is idempotent.
func RemoveUserRoles(dir Changer) api.Operation {
	return api.Operation{
		Name:        "removeuserroles",
		Routes:      []string{"DELETE /user-roles/{user_id}"},
		Parameters:  api.Parameters{"user_id": api.User},
		Permissions: []permission.Name{permission.Roles},
		Change:      "user-roles.remove",
		TakesQuery:  true,
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			q := httpapi.NewQuery(r)
			name := q.Check("role", roleName)
			if err := q.Err(); err != nil {
				return err
			}
			return httpapi.NoContent(w, remove(r.Context(), dir, c.User, name))
		},
	}
}

func remove(ctx context.Context, dir Changer, user limits.UserID, name string) error {
	held, err := dir.OfUser(ctx, user)
	if err != nil {
		return err
	}
	obsolete := held
	if name != "" {
		if obsolete, err = heldRole(ctx, dir, held, name); err != nil {
			return err
		}
	}
	if len(obsolete) == 0 {
		return nil
	}
	return dir.Change(ctx, user, obsolete, nil)
}

// heldRole returns the named role, or no role if the user does not have it. It fails with
// unknown-roles for a misspelled name, which would otherwise look like a successful removal.
func heldRole(ctx context.Context, dir Lister, held []Role, name string) ([]Role, error) {
	found, fault := named(held, name)
	if fault == "" && (found.ID == name || !couldBeID(name)) {
		return []Role{found}, nil
	}
	all, err := dir.All(ctx)
	if err != nil {
		return nil, err
	}
	role, unknown := named(all, name)
	switch {
	case unknown != "" && fault != "":
		return nil, problem.UnknownRoles.New("Nothing was changed: the value is not a role.",
			problem.Field{Field: "role", Detail: unknown})
	case unknown != "": // the user has a role that was deleted
		return []Role{found}, nil
	}
	return slices.DeleteFunc(slices.Clone(held), func(r Role) bool { return r.ID != role.ID }), nil
}
