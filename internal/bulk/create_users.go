package bulk

import (
	"usher/internal/api"
	"usher/internal/jobs"
	"usher/internal/permission"
	"usher/internal/users"
)

// CreateUsers serves POST /user-creations.
func CreateUsers(s *jobs.Service, o users.CreateOptions) api.Operation {
	return jobs.StartOperation(s, api.Operation{
		Name:        "createusers",
		Routes:      []string{"POST /user-creations"},
		Permissions: []permission.Name{permission.Bulk},
		Change:      "user-creations.start",
	}, Creations(o, nil))
}
