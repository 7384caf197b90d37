package jobs

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/internal/boot"
	"usher/internal/jobs"
	"usher/internal/jobs/folder"
	"usher/operations"
	"usher/test/testkit"
)

// engine runs the jobs of several services, and lets a test replace the one that works, as a deployment does.
type engine struct {
	ctx    context.Context
	all    sync.WaitGroup
	mu     sync.Mutex
	known  map[string]bool
	worker *jobs.Worker
}

// Start implements jobs.Engine.
func (e *engine) Start(_ context.Context, name, id string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.known[name] {
		return nil
	}
	e.known[name] = true
	e.all.Go(func() { e.run(jobs.Event{Job: id, Run: strings.TrimPrefix(name, id+"-")}) })
	return nil
}

// maxWait shortens the waits between the calls of the worker.
const maxWait = 20 * time.Millisecond

func (e *engine) run(event jobs.Event) {
	for !event.Done && e.ctx.Err() == nil {
		e.mu.Lock()
		worker := e.worker
		e.mu.Unlock()
		ctx, cancel := context.WithTimeout(e.ctx, testkit.Patience)
		next, err := worker.Handle(ctx, event)
		cancel()
		if err == nil {
			event = next
		}
		time.Sleep(min(maxWait, time.Duration(event.Wait)*time.Second))
	}
}

// startWith starts a service with an engine of the test.
func startWith(t *testing.T) *world {
	t.Helper()
	w := prepare(t)
	ctx, cancel := context.WithCancel(context.Background())
	w.store = folder.NewStore(w.dir)
	w.engine = &engine{ctx: ctx, known: map[string]bool{}}
	t.Cleanup(func() { cancel(); w.engine.all.Wait() })
	w.serve(t, w.deploy(t, w.service))
	return w
}

// deploy lets a service carry out the jobs from now on. It returns the service with jobs.
func (w *world) deploy(t *testing.T, s *boot.Service) *boot.Service {
	t.Helper()
	with := s.WithJobs(jobs.Backend{Store: w.store, Engine: w.engine})
	w.engine.mu.Lock()
	defer w.engine.mu.Unlock()
	w.engine.worker = with.Jobs().Worker(operations.Jobs(with)...)
	return with
}

// pause stops all jobs before their next record, as an operator does.
func (w *world) pause(t *testing.T) {
	t.Helper()
	if err := w.store.Put(context.Background(), "paused", nil); err != nil {
		t.Error(err)
	}
}

func (w *world) resume(t *testing.T) {
	t.Helper()
	if err := w.store.Delete(context.Background(), "paused"); err != nil {
		t.Error(err)
	}
}
