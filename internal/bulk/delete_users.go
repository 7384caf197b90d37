package bulk

import (
	"usher/internal/api"
	"usher/internal/jobs"
	"usher/internal/permission"
)

// DeleteUsers serves POST /user-deletions. It deletes nothing: the job is a plan.
func DeleteUsers(s *jobs.Service) api.Operation {
	return jobs.StartOperation(s, api.Operation{
		Name:        "deleteusers",
		Routes:      []string{"POST /user-deletions"},
		Permissions: []permission.Name{permission.BulkDelete},
		Change:      "user-deletions.start",
	}, Deletions(nil))
}
