package inprocess

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"

	"github.com/aws/aws-lambda-go/lambda"

	"usher/bench/internal/provider"
	"usher/bench/internal/stats"
	"usher/bench/internal/target"
	"usher/internal/httpapi"
	kit "usher/test/testkit/lambda"
)

// Function is one operation's function in this process.
type Function struct {
	handler lambda.Handler
	event   []byte
	status  int
}

// New returns the function of an operation, with secret, token and signing keys.
func New(ctx context.Context, p *provider.Provider, op target.Operation) (*Function, error) {
	log := httpapi.NewLog(io.Discard, slog.LevelInfo, "usher")
	t := &transport{provider: p}
	s, err := newService(p, t, log)
	if err != nil {
		return nil, err
	}
	request, err := op.Prepared(ctx, p, func(ctx context.Context) (target.Answer, error) { return s.begin(ctx, log) })
	if err != nil {
		return nil, err
	}
	f := &Function{status: op.Status}
	if f.event, err = kit.Event(request.Method, request.Target, request.Header, request.Body); err != nil {
		return nil, err
	}
	if f.handler, err = s.handler(op.Function, log); err != nil {
		return nil, err
	}
	if err := f.Once(ctx); err != nil {
		return nil, err
	}
	t.recorded, t.bodies = nil, nil // of the token and the keys, too
	if err := f.Once(ctx); err != nil {
		return nil, err
	}
	t.replay = true
	return f, nil
}

// begin begins a sign-in.
func (s service) begin(ctx context.Context, log *slog.Logger) (target.Answer, error) {
	login, err := s.handler("login", log)
	if err != nil {
		return target.Answer{}, err
	}
	event, err := kit.Event("GET", target.LoginTarget, nil, "")
	if err != nil {
		return target.Answer{}, err
	}
	body, err := login.Invoke(ctx, event)
	if err != nil {
		return target.Answer{}, err
	}
	response, err := kit.Answer(body)
	return target.Answer{Status: response.StatusCode, Header: http.Header(response.MultiValueHeaders), Body: response.Body}, err
}

// Once serves the operation's event once.
func (f *Function) Once(ctx context.Context) error {
	body, err := f.handler.Invoke(ctx, f.event)
	if err != nil {
		return err
	}
	response, err := kit.Answer(body)
	if err != nil || response.StatusCode != f.status {
		return fmt.Errorf("status %d, want %d: %s (%w)", response.StatusCode, f.status, response.Body, err)
	}
	return nil
}

// Serve serves the event, and does not look at the answer.
func (f *Function) Serve(ctx context.Context) { _, _ = f.handler.Invoke(ctx, f.event) }

// Allocs are the memory allocations of one request.
type Allocs struct{ Count, Bytes float64 }

// Allocs returns the median of the allocations of many requests: pools that a garbage collection
// has emptied do not change it.
func (f *Function) Allocs(ctx context.Context) Allocs {
	const requests = 200
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	for range 20 {
		f.Serve(ctx)
	}
	counts, sizes := make([]float64, requests), make([]float64, requests)
	var before, after runtime.MemStats
	for i := range requests {
		runtime.ReadMemStats(&before)
		f.Serve(ctx)
		runtime.ReadMemStats(&after)
		counts[i] = float64(after.Mallocs - before.Mallocs)
		sizes[i] = float64(after.TotalAlloc - before.TotalAlloc)
	}
	return Allocs{stats.Median(counts), stats.Median(sizes)}
}
