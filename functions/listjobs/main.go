// Command listjobs serves GET /jobs: jobs.List, in internal/jobs/list.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/boot/withjobs"
	"usher/internal/jobs"
)

func main() {
	withjobs.HTTP(func(s *boot.Service) boot.Operation { return jobs.List(s.Jobs()) })
}
