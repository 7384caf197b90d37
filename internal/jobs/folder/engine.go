package folder

import (
	"context"
	"strings"
	"sync"
	"time"

	"usher/internal/jobs"
)

// Engine is a jobs.Engine that runs jobs in this process, as the state machine of the deployment does.
type Engine struct {
	ctx    context.Context
	cancel context.CancelFunc
	all    sync.WaitGroup

	mu     sync.Mutex
	known  map[string]bool // the names of all runs
	worker func(context.Context, jobs.Event) (jobs.Event, error)
}

var _ jobs.Engine = (*Engine)(nil)

const (
	// legTime is the time of one call of the worker.
	legTime = 5 * time.Minute
	// attempts is the number of calls in a row that may fail.
	attempts = 5
	// firstRetry is the wait after the first failure.
	firstRetry = 2 * time.Second
)

// NewEngine returns an Engine. Jobs begin after Work.
func NewEngine() *Engine {
	ctx, cancel := context.WithCancel(context.Background())
	return &Engine{ctx: ctx, cancel: cancel, known: map[string]bool{}}
}

// Work sets the worker, before the first start.
func (e *Engine) Work(w *jobs.Worker) { e.worker = w.Handle }

// Start begins a run of a job.
func (e *Engine) Start(_ context.Context, name, job string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.known[name] || e.ctx.Err() != nil {
		return nil
	}
	e.known[name] = true
	run := strings.TrimPrefix(name, job+"-")
	e.all.Go(func() { e.run(jobs.Event{Job: job, Run: run}) })
	return nil
}

// Close interrupts all jobs, and waits until they stop.
func (e *Engine) Close() {
	e.mu.Lock()
	e.cancel()
	e.mu.Unlock()
	e.all.Wait()
}

// run calls the worker until the run is done. After too many failures the worker closes the job.
func (e *Engine) run(event jobs.Event) {
	for failures := 0; !event.Done; {
		next, err := e.call(event)
		wait := time.Duration(next.Wait) * time.Second
		switch {
		case err == nil:
			event, failures = next, 0
		case event.Close:
			return
		default:
			wait = firstRetry << failures
			if failures++; failures == attempts {
				event.Close = true
			}
		}
		select {
		case <-e.ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

func (e *Engine) call(event jobs.Event) (jobs.Event, error) {
	ctx, cancel := context.WithTimeout(e.ctx, legTime)
	defer cancel()
	return e.worker(ctx, event)
}
