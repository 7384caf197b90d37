package roles

import (
	"net/http"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/permission"
)

// GetUserRoles serves GET /user-roles/{user_id}.
func GetUserRoles(dir Getter) api.Operation {
	return api.Operation{
		Name:        "getuserroles",
		Routes:      []string{"GET /user-roles/{user_id}"},
		Parameters:  api.Parameters{"user_id": api.User},
		Permissions: []permission.Name{permission.Roles},
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			held, err := dir.OfUser(r.Context(), c.User)
			if err != nil {
				return err
			}
			return httpapi.JSON(w, http.StatusOK, listOf(held))
		},
	}
}
