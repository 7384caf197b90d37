// Package withjobs is the entry of the Lambda functions that use jobs. It links the clients of
// Amazon S3 and AWS Step Functions, which other functions do without.
package withjobs

import (
	"usher/internal/boot"
	"usher/internal/jobs"
	"usher/internal/jobs/onaws"
)

// HTTP is boot.HTTP for an operation on jobs.
func HTTP(operation func(*boot.Service) boot.Operation) {
	boot.HTTP(func(s *boot.Service) boot.Operation { return operation(onAWS(s)) })
}

// Worker runs the Lambda that carries jobs out. It does not return.
func Worker(definitions func(*boot.Service) []boot.JobDefinition) {
	boot.JobWorker(func(s *boot.Service) *jobs.Worker {
		s = onAWS(s)
		return s.Jobs().Worker(definitions(s)...)
	})
}

func onAWS(s *boot.Service) *boot.Service {
	cfg := s.JobsConfig()
	aws := onaws.New(onaws.Options{Bucket: cfg.Bucket, Machine: cfg.Machine})
	return s.WithJobs(jobs.Backend{Store: aws, Engine: aws})
}
