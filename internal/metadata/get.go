package metadata

import (
	"net/http"

	"usher/internal/api"
	"usher/internal/httpapi"
)

// Get serves GET /metadata/{user_id}, and GET /app-metadata/{user_id}.
func Get(kind Kind, dir Reader) api.Operation {
	return api.Operation{
		Name:        kind.function("get"),
		Routes:      []string{kind.route("GET")},
		Parameters:  api.Parameters{"user_id": api.User},
		Permissions: kind.permissions,
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			object, err := dir.Read(r.Context(), c.User)
			if err != nil {
				return err
			}
			return httpapi.Tagged(w, http.StatusOK, object)
		},
	}
}
