package bulk

import (
	"usher/internal/api"
	"usher/internal/jobs"
	"usher/internal/permission"
	"usher/internal/users"
)

// ImportUsers serves POST /user-imports.
func ImportUsers(s *jobs.Service, o users.CreateOptions) api.Operation {
	return jobs.StartOperation(s, api.Operation{
		Name:        "importusers",
		Routes:      []string{"POST /user-imports"},
		Permissions: []permission.Name{permission.Import},
		Change:      "user-imports.start",
	}, Imports(o, nil))
}
