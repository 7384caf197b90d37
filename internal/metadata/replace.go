package metadata

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/valid"
)

// Replace serves PUT /metadata/{user_id}, and PUT /app-metadata/{user_id}. The
// provider cannot replace: the metadata is read, and every member that is to go
// is removed by name. One that another front-end adds between the two calls
// stays.
func Replace(kind Kind, dir Store) api.Operation {
	return api.Operation{
		Name:        kind.function("replace"),
		Routes:      []string{kind.route("PUT")},
		Parameters:  api.Parameters{"user_id": api.User},
		Permissions: kind.permissions,
		Change:      kind.noun + ".replace",
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			object, err := httpapi.DecodeObject(r)
			if err != nil {
				return err
			}
			var faults valid.Faults
			object = faults.Metadata(object, "", kind.reserved)
			checkNulls(object, &faults)
			if err := faults.Err(); err != nil {
				return err
			}
			match, err := httpapi.IfMatch(r)
			if err != nil {
				return err
			}
			replaced, err := replace(r.Context(), dir, c.User, match, object)
			if err != nil {
				return err
			}
			return httpapi.Tagged(w, http.StatusOK, replaced)
		},
	}
}

// checkNulls refuses nulls at the first level: to the provider they mean removal.
func checkNulls(object map[string]any, faults *valid.Faults) {
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if object[name] == nil {
			faults.AddMadeUp(name, "cannot be null: leave it out")
		}
	}
}

func replace(ctx context.Context, dir Store, user limits.UserID, match httpapi.Match, object map[string]any) (map[string]any, error) {
	before, err := dir.Read(ctx, user)
	if err != nil {
		return nil, err
	}
	if err := match.Check(before); err != nil {
		return nil, err
	}
	if err := checkSize(before, object); err != nil {
		return nil, err
	}
	changes := maps.Clone(object)
	for name := range before {
		if _, stays := object[name]; !stays {
			changes[name] = nil
		}
	}
	if len(changes) == 0 { // to the provider an empty object would mean that all is to go, this service's own too
		return before, nil
	}
	return dir.Write(ctx, user, changes)
}
