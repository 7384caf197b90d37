package roles

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
	"usher/internal/problem"
	"usher/internal/valid"
)

// MaxRoles is the maximum number of a user's roles, a limit of the provider
// (https://auth0.com/docs/troubleshoot/customer-support/operational-policies/entity-limit-policy).
const MaxRoles = 50

// SetUserRoles serves PUT /user-roles/{user_id}, which replaces all of the user's roles.
func SetUserRoles(dir Changer) api.Operation {
	return api.Operation{
		Name:        "setuserroles",
		Routes:      []string{"PUT /user-roles/{user_id}"},
		Parameters:  api.Parameters{"user_id": api.User},
		Permissions: []permission.Name{permission.Roles},
		Change:      "user-roles.set",
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			var body struct {
				Roles []string `json:"roles"`
			}
			if err := httpapi.Decode(r, &body); err != nil {
				return err
			}
			if err := check(body.Roles); err != nil {
				return err
			}
			wanted, err := set(r.Context(), dir, c.User, body.Roles)
			if err != nil {
				return err
			}
			return httpapi.JSON(w, http.StatusOK, listOf(wanted))
		},
	}
}

func check(names []string) error {
	var faults valid.Faults
	faults.AddIf(names == nil, "roles", "must be an array. An empty array removes all roles.")
	if len(names) > MaxRoles {
		return problem.Invalid("roles", fmt.Sprintf("has more than %d entries", MaxRoles))
	}
	for i, name := range names {
		field := fmt.Sprintf("roles.%d", i)
		faults.Check(field, &name, roleName)
		faults.AddIf(roleName(name) == "" && slices.Contains(names[:i], name), field, "is given twice")
	}
	return faults.Err()
}

// set changes only the difference. A repetition therefore changes nothing, or completes a
// change that failed halfway.
func set(ctx context.Context, dir Changer, user limits.UserID, names []string) ([]Role, error) {
	held, err := dir.OfUser(ctx, user)
	if err != nil {
		return nil, err
	}
	all, err := dir.All(ctx)
	if err != nil {
		return nil, err
	}
	wanted, err := allNamed(all, names)
	if err != nil {
		return nil, err
	}
	remove, assign := without(held, wanted), without(wanted, held)
	if len(remove)+len(assign) == 0 {
		return wanted, nil
	}
	return wanted, dir.Change(ctx, user, remove, assign)
}
