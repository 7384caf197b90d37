package roles

import (
	"net/http"

	"usher/internal/httpapi"
)

// List serves GET /roles.
func List(dir Lister) httpapi.Operation {
	handler := func(w http.ResponseWriter, r *http.Request) error {
		if err := httpapi.NoQuery(r); err != nil {
			return err
		}
		all, err := dir.All(r.Context())
		if err != nil {
			return err
		}
		return httpapi.JSON(w, http.StatusOK, listOf(all))
	}
	return httpapi.Operation{Routes: []string{"GET /roles"}, Handler: handler}
}
