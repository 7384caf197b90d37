package bulk

import (
	"usher/internal/api"
	"usher/internal/jobs"
	"usher/internal/permission"
)

// ExportUsers serves POST /user-exports.
func ExportUsers(s *jobs.Service) api.Operation {
	return jobs.StartOperation(s, api.Operation{
		Name:        "exportusers",
		Routes:      []string{"POST /user-exports"},
		Permissions: []permission.Name{permission.Export},
		Change:      "user-exports.start",
	}, Exports(nil))
}
