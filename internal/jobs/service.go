package jobs

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/problem"
)

// Sealer creates bytes that only this service can create and read, and derives keys that are the same in
// every process.
type Sealer interface {
	httpapi.Sealer
	SealBytes(ctx context.Context, purpose, binding string, plain []byte) ([]byte, error)
	// OpenBytes fails with a problem if the keys are unavailable, and with another error for foreign bytes.
	OpenBytes(ctx context.Context, purpose, binding string, sealed []byte) ([]byte, error)
	// Keys returns the current key for a purpose first, then the previous one.
	Keys(ctx context.Context, purpose string) ([][]byte, error)
}

// Measures counts what happens to jobs.
type Measures interface {
	JobStarted(kind string)
	JobEnded(kind, status string, records map[string]int)
	JobLeg(httpapi.Counts)
}

// Backend is where jobs are kept and run.
type Backend struct {
	Store  Store
	Engine Engine
}

// Options are the dependencies of a Service.
type Options struct {
	Backend   // without a Store, every operation fails
	Sealer    Sealer
	Resume    func(p api.Principal, actor string) (api.Call, error)
	Retention time.Duration // how long a job is kept after its start
	Now       func() time.Time
	Log       *slog.Logger
	Measures  Measures // nil for none
}

// Service has the operations on jobs.
type Service struct {
	opts    Options
	objects objects
}

// New returns a Service.
func New(opts Options) *Service {
	return &Service{opts: opts, objects: objects{store: opts.Store, sealer: opts.Sealer}}
}

var errOff = errors.New("jobs: this process has no store for jobs")

// operation completes the declaration of an operation.
func (s *Service) operation(op api.Operation, handler api.Handler) api.Operation {
	op.Handler = func(w http.ResponseWriter, r *http.Request, c api.Call) error {
		if s.opts.Store == nil {
			return problem.ServiceMisconfigured.Wrap(errOff, "The service is misconfigured. See its log for the cause.")
		}
		return handler(w, r, c)
	}
	return op
}

func (s *Service) now() time.Time { return s.opts.Now().UTC() }
