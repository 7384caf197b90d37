package metadata

import (
	"context"
	"maps"
	"net/http"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/valid"
)

// Replace serves PUT /metadata/{user_id} and PUT /app-metadata/{user_id}. The provider has
// no replacement, so Replace reads the metadata and then removes the other members by name.
// A member that another front-end adds between the two calls remains.
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
			object = faults.NewMetadata(object, "", kind.reserved)
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

func replace(
	ctx context.Context, dir Store, user limits.UserID, match httpapi.Match, object map[string]any,
) (map[string]any, error) {
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
	if len(changes) == 0 { // the provider would remove everything, including this service's own member
		return before, nil
	}
	return dir.Write(ctx, user, changes)
}
