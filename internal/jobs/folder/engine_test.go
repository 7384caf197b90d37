package folder

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"usher/internal/jobs"
)

// calls is a worker that notes its events.
type calls struct {
	mu     sync.Mutex
	events []jobs.Event
	answer func(n int, e jobs.Event) (jobs.Event, error)
}

func (c *calls) handle(_ context.Context, e jobs.Event) (jobs.Event, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.events = append(c.events, e)
	return c.answer(len(c.events), e)
}

func (c *calls) engine() *Engine {
	e := NewEngine()
	e.worker = c.handle
	return e
}

func start(t *testing.T, e *Engine, name, job string) {
	t.Helper()
	if err := e.Start(t.Context(), name, job); err != nil {
		t.Fatal(err)
	}
}

// Each answer is the next event, after its wait, until one is done.
func TestEngine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &calls{answer: func(n int, e jobs.Event) (jobs.Event, error) {
			e.Leg, e.Wait, e.Done = e.Leg+1, 300, n >= 3
			return e, nil
		}}
		e, begun := c.engine(), time.Now()
		for range 3 { // one run has one start
			start(t, e, "job-run", "job")
		}
		e.all.Wait()
		want := []jobs.Event{{Job: "job", Run: "run"}, {Job: "job", Run: "run", Leg: 1, Wait: 300}, {Job: "job", Run: "run", Leg: 2, Wait: 300}}
		if !slices.Equal(c.events, want) || time.Since(begun) < 10*time.Minute {
			t.Errorf("%+v in %v", c.events, time.Since(begun))
		}
		start(t, e, "job-run", "job")
		start(t, e, "job-run-confirmed", "job")
		e.all.Wait()
		if n := len(c.events); n != 4 || c.events[3].Run != "run-confirmed" {
			t.Errorf("%+v", c.events)
		}
	})
}

// A call that always fails is repeated, and then the job is closed.
func TestEngineOfAFailingWorker(t *testing.T) {
	for name, closes := range map[string]bool{"the job can be closed": true, "the job cannot be closed": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := &calls{answer: func(_ int, e jobs.Event) (jobs.Event, error) {
					if e.Close && closes {
						e.Done = true
						return e, nil
					}
					return jobs.Event{}, errors.New("broken")
				}}
				e := c.engine()
				start(t, e, "job-run", "job")
				e.all.Wait()
				var closed []bool
				for _, event := range c.events {
					closed = append(closed, event.Close)
				}
				if !slices.Equal(closed, []bool{false, false, false, false, false, true}) {
					t.Errorf("%+v", c.events)
				}
			})
		})
	}
}

func TestCloseInterruptsJobs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &calls{answer: func(_ int, e jobs.Event) (jobs.Event, error) {
			e.Wait = 300
			return e, nil
		}}
		e := c.engine()
		start(t, e, "job-run", "job")
		synctest.Wait()
		e.Close()
		start(t, e, "job-later", "job")
		e.all.Wait()
		if len(c.events) != 1 {
			t.Errorf("%+v", c.events)
		}
	})
}
