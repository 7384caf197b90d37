// Command confirmjob serves POST /jobs/{id}/confirmation: jobs.Confirm, in internal/jobs/confirm.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/boot/withjobs"
	"usher/internal/jobs"
)

func main() {
	withjobs.HTTP(func(s *boot.Service) boot.Operation { return jobs.Confirm(s.Jobs()) })
}
