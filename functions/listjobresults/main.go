// Command listjobresults serves GET /jobs/{id}/results: jobs.ListResults, in internal/jobs/list_results.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/boot/withjobs"
	"usher/internal/jobs"
)

func main() {
	withjobs.HTTP(func(s *boot.Service) boot.Operation { return jobs.ListResults(s.Jobs()) })
}
