// Command deletejob serves DELETE /jobs/{id}: jobs.Delete, in internal/jobs/delete.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/boot/withjobs"
	"usher/internal/jobs"
)

func main() {
	withjobs.HTTP(func(s *boot.Service) boot.Operation { return jobs.Delete(s.Jobs()) })
}
