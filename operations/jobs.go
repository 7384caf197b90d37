package operations

import (
	"usher/internal/boot"
	"usher/internal/jobs"
	"usher/internal/jobs/folder"
)

// WithJobs returns the service with jobs that are kept in an empty folder and run in this process. stop
// interrupts them.
func WithJobs(s *boot.Service, dir string) (with *boot.Service, stop func()) {
	engine := folder.NewEngine()
	with = s.WithJobs(jobs.Backend{Store: folder.NewStore(dir), Engine: engine})
	engine.Work(with.Jobs().Worker(Jobs(with)...))
	return with, engine.Close
}
