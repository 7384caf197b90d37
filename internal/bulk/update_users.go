package bulk

import (
	"usher/internal/api"
	"usher/internal/jobs"
	"usher/internal/permission"
)

// UpdateUsers serves POST /user-updates.
func UpdateUsers(s *jobs.Service) api.Operation {
	return jobs.StartOperation(s, api.Operation{
		Name:        "updateusers",
		Routes:      []string{"POST /user-updates"},
		Permissions: []permission.Name{permission.Bulk},
		Change:      "user-updates.start",
	}, Updates(nil))
}
