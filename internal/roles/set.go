package roles

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"usher/internal/httpapi"
	"usher/internal/problem"
)

// MaxRoles is how many roles a user can have; the provider's own limit
// (https://auth0.com/docs/troubleshoot/customer-support/operational-policies/entity-limit-policy).
const MaxRoles = 50

// Set serves PUT /user-roles/{user_id}: the user has these roles then, and no
// others.
func Set(dir Changer) httpapi.Operation {
	handler := func(w http.ResponseWriter, r *http.Request) error {
		id, err := httpapi.OnlyUserID(r, "user_id")
		if err != nil {
			return err
		}
		var body struct {
			Roles []string `json:"roles"`
		}
		if err := httpapi.Decode(r, &body); err != nil {
			return err
		}
		if err := problem.InvalidFields(faultsOf(body.Roles)); err != nil {
			return err
		}
		wanted, err := set(r.Context(), dir, id, body.Roles)
		if err != nil {
			return err
		}
		return httpapi.JSON(w, http.StatusOK, listOf(wanted))
	}
	return httpapi.Operation{Routes: []string{"PUT /user-roles/{user_id}"}, Handler: handler, Change: "user-roles.set"}
}

func faultsOf(names []string) (wrong []problem.Field) {
	if names == nil {
		return []problem.Field{{Field: "roles", Detail: "must be an array; an empty one takes all roles away"}}
	}
	if len(names) > MaxRoles {
		return []problem.Field{{Field: "roles", Detail: fmt.Sprintf("has more than %d entries", MaxRoles)}}
	}
	for i, name := range names {
		fault := faultOfName(name)
		if fault == "" && slices.Contains(names[:i], name) {
			fault = "is given twice"
		}
		if fault != "" {
			wrong = append(wrong, problem.Field{Field: fmt.Sprintf("roles.%d", i), Detail: fault})
		}
	}
	return wrong
}

// set changes no more than the difference, so that the same set again changes
// nothing, and a repeat completes what was done by half.
func set(ctx context.Context, dir Changer, userID string, names []string) ([]Role, error) {
	held, err := dir.OfUser(ctx, userID)
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
	return wanted, dir.Change(ctx, userID, remove, assign)
}
