package jobs

import (
	"net/http"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/permission"
)

// anyGroup are the groups that start jobs, and so may read, cancel and erase their own.
var anyGroup = []permission.Name{permission.Bulk, permission.Import, permission.BulkDelete, permission.Export}

// Get serves GET /jobs/{id}.
func Get(s *Service) api.Operation {
	return s.operation(api.Operation{
		Name:        "getjob",
		Routes:      []string{"GET /jobs/{id}"},
		Parameters:  api.Parameters{"id": api.Job},
		Permissions: anyGroup,
		NoToken:     true,
	}, func(w http.ResponseWriter, r *http.Request, c api.Call) error {
		j, err := s.find(r.Context(), c.Caller, c.Parameter("id"))
		if err != nil {
			return err
		}
		return httpapi.JSON(w, http.StatusOK, j.view())
	})
}
