package roles

import (
	"net/http"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/permission"
)

// List serves GET /roles.
func List(dir Lister) api.Operation {
	return api.Operation{
		Name:        "listroles",
		Routes:      []string{"GET /roles"},
		Permissions: []permission.Name{permission.Roles},
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			all, err := dir.All(r.Context())
			if err != nil {
				return err
			}
			return httpapi.JSON(w, http.StatusOK, listOf(all))
		},
	}
}
