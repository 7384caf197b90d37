package metadata

import (
	"net/http"

	"usher/internal/httpapi"
)

// Get serves GET /metadata/{user_id}, and GET /app-metadata/{user_id}.
func Get(kind Kind, dir Reader) httpapi.Operation {
	handler := func(w http.ResponseWriter, r *http.Request) error {
		id, err := httpapi.OnlyUserID(r, "user_id")
		if err != nil {
			return err
		}
		object, err := dir.Read(r.Context(), id)
		if err != nil {
			return err
		}
		return httpapi.Tagged(w, http.StatusOK, object)
	}
	return httpapi.Operation{Routes: []string{"GET " + kind.path}, Handler: handler}
}
