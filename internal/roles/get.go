package roles

import (
	"net/http"

	"usher/internal/httpapi"
)

// Get serves GET /user-roles/{user_id}.
func Get(dir Getter) httpapi.Operation {
	handler := func(w http.ResponseWriter, r *http.Request) error {
		id, err := httpapi.OnlyUserID(r, "user_id")
		if err != nil {
			return err
		}
		held, err := dir.OfUser(r.Context(), id)
		if err != nil {
			return err
		}
		return httpapi.JSON(w, http.StatusOK, listOf(held))
	}
	return httpapi.Operation{Routes: []string{"GET /user-roles/{user_id}"}, Handler: handler}
}
