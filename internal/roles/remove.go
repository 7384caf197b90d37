package roles

import (
	"context"
	"net/http"

	"usher/internal/httpapi"
	"usher/internal/problem"
)

// Remove serves DELETE /user-roles/{user_id}: it takes all roles from the user,
// or the one that the query names. It is idempotent.
func Remove(dir Changer) httpapi.Operation {
	handler := func(w http.ResponseWriter, r *http.Request) error {
		q := httpapi.NewQuery(r)
		name := q.String("role")
		if fault := faultOfName(name); name != "" && fault != "" {
			q.Refuse("role", fault)
		}
		if err := q.Err(); err != nil {
			return err
		}
		id, err := httpapi.UserID(r, "user_id")
		if err != nil {
			return err
		}
		if err := remove(r.Context(), dir, id, name); err != nil {
			return err
		}
		return httpapi.NoContent(w)
	}
	return httpapi.Operation{Routes: []string{"DELETE /user-roles/{user_id}"}, Handler: handler, Change: "user-roles.remove"}
}

func remove(ctx context.Context, dir Changer, userID, name string) error {
	held, err := dir.OfUser(ctx, userID)
	if err != nil {
		return err
	}
	gone := held
	if name != "" {
		if gone, err = theOne(ctx, dir, held, name); err != nil {
			return err
		}
	}
	if len(gone) == 0 {
		return nil
	}
	return dir.Change(ctx, userID, gone, nil)
}

// theOne is the role to take away, none where the user does not have it. A name
// that is nobody's is told, or a misspelt one would look like a right that is
// gone.
func theOne(ctx context.Context, dir Lister, held []Role, name string) ([]Role, error) {
	if role, fault := named(held, name); fault == "" {
		return []Role{role}, nil
	}
	all, err := dir.All(ctx)
	if err != nil {
		return nil, err
	}
	if _, fault := named(all, name); fault != "" {
		return nil, problem.UnknownRoles.New("Nothing was changed: this is not a role.", problem.Field{Field: "role", Detail: fault})
	}
	return nil, nil
}
