// Command getjob serves GET /jobs/{id}: jobs.Get, in internal/jobs/get.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/boot/withjobs"
	"usher/internal/jobs"
)

func main() {
	withjobs.HTTP(func(s *boot.Service) boot.Operation { return jobs.Get(s.Jobs()) })
}
