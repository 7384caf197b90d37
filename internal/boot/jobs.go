package boot

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"usher/internal/config"
	"usher/internal/httpapi"
	"usher/internal/jobs"
)

// JobDefinition defines a kind of job.
type JobDefinition = jobs.Definition

// JobsConfig returns where jobs are kept and run.
func (s *Service) JobsConfig() config.Jobs { return s.config.Jobs }

// WithJobs returns the service with a backend for jobs.
func (s *Service) WithJobs(backend jobs.Backend) *Service {
	with := *s
	with.backend = backend
	return &with
}

// Jobs returns the operations on jobs. Without a backend they fail.
func (s *Service) Jobs() *jobs.Service {
	opts := jobs.Options{
		Backend:   s.backend,
		Sealer:    s.sealer,
		Resume:    s.server().Resume,
		Retention: cmp.Or(s.config.Jobs.Retention, config.DefaultRetention),
		Now:       s.now,
		Log:       s.log,
	}
	if s.measures != nil {
		opts.Measures = s.measures
	}
	return jobs.New(opts)
}

// JobHandler carries out a part of a job.
type JobHandler = func(context.Context, jobs.Event) (jobs.Event, error)

// JobWorker runs the Lambda that the engine of jobs calls. It does not return.
func JobWorker(worker func(*Service) *jobs.Worker) {
	cfg, err := begin()
	lambda.Start(OnJob(cfg, err, httpapi.NewLog(os.Stdout, cfg.LogLevel, functionName()), os.Stdout, worker))
}

// OnJob is the handler of JobWorker. With an invalid configuration every call fails.
func OnJob(cfg config.Config, wrong error, log *slog.Logger, out io.Writer, worker func(*Service) *jobs.Worker) JobHandler {
	if wrong != nil {
		return func(ctx context.Context, _ jobs.Event) (jobs.Event, error) {
			log.ErrorContext(ctx, "the configuration is wrong", "error", wrong.Error())
			return jobs.Event{}, jobs.Failure{}
		}
	}
	return worker(onLambda(cfg, log, measures(cfg, out))).Handle
}
