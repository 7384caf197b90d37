package jobs_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"usher/internal/jobs"
)

// A call of the worker ends well before the function's timeout, and the next one continues.
func TestLegs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.slow = 10 * time.Second
		ids := many(200)
		id := w.start("/user-updates", lines(ids...))
		event, legs := w.runs[w.begun[0]], 0
		for ; !event.Done; legs++ {
			begun := time.Now()
			next, err := w.leg(event)
			took := time.Since(begun)
			if err != nil || took > 295*time.Second || !next.Done && took < 275*time.Second || next.Wait != 0 || next.Leg != event.Leg+1 {
				t.Fatal(next, err, took)
			}
			if got := w.get(id).job; got.Succeeded != next.Succeeded || got.Pending != next.Pending {
				t.Errorf("the answer is %+v and the job %s", next, got.short())
			}
			event = next
		}
		if legs != 3 || w.changed(ids) != "once" {
			t.Errorf("%d legs, %v", legs, w.effects)
		}
	})
}

// An operator pauses all jobs by a marker. A paused job can be cancelled.
func TestPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		ids := many(60)
		id := w.start("/user-updates", lines(ids...))
		go func() {
			time.Sleep(700 * time.Millisecond)
			w.pause(true)
		}()
		event, err := w.leg(w.runs[w.begun[0]])
		if err != nil || event.Done || event.Wait != 300 || event.Succeeded < 20 || event.Succeeded > 56 {
			t.Fatal(event, err)
		}
		done := event.Succeeded
		if event, err = w.leg(event); err != nil || event.Done || event.Wait != 300 || event.Succeeded != done {
			t.Fatal(event, err)
		}
		w.pause(false)
		w.work()
		if got := w.get(id).short(); got != "200 succeeded succeeded=60" || w.changed(ids) != "once" {
			t.Error(got, w.effects)
		}
		w.pause(true)
		id = w.start("/user-updates", lines("x"))
		w.send("DELETE", "/jobs/"+id, "")
		w.work()
		if got := w.get(id).short(); got != "200 cancelled skipped=1" {
			t.Error(got)
		}
	})
}

func (w *world) pause(paused bool) {
	var err error
	if paused {
		err = w.store.Put(w.t.Context(), "paused", nil)
	} else {
		err = w.store.Delete(w.t.Context(), "paused")
	}
	if err != nil {
		w.t.Error(err)
	}
}

// Where the engine gives up, its last call ends the job.
func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		id := w.start("/user-updates", lines(many(60)...)+"{}\n")
		time.AfterFunc(300*time.Millisecond, func() { w.mortal.mu.Lock(); w.mortal.dead = true; w.mortal.mu.Unlock() })
		event := w.runs[w.begun[0]]
		if _, err := w.leg(event); err == nil {
			t.Fatal("no failure")
		}
		w.mortal.revive()
		event.Close = true
		for range 2 {
			if next, err := w.leg(event); !next.Done || err != nil {
				t.Fatal(next, err)
			}
		}
		got := w.get(id)
		if got.job.Status != "failed" || got.job.Problem.Code != "internal" || got.job.Failed != 1 || got.job.Unknown == 0 || got.job.Skipped == 0 {
			t.Error(got.text)
		}
		w.true(w.send("GET", "/jobs/"+id+"/results", "").job.Results)
		if unknown := w.results(id, "unknown"); len(unknown) != got.job.Unknown || !strings.HasSuffix(unknown[0], "job-interrupted") {
			t.Errorf("%q", unknown)
		}
		w.tidy(id)
	})
}

// The calls of one run are bounded.
func TestTooManyLegs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.pause(true)
		id := w.start("/user-updates", lines("x"))
		event := w.runs[w.begun[0]]
		event.Leg = 2201
		if next, err := w.leg(event); !next.Done || err != nil {
			t.Fatal(next, err)
		}
		if got := w.get(id).short(); got != "200 failed skipped=1" {
			t.Error(got)
		}
	})
}

// A job that is not done when it expires changes nothing more.
func TestExpiryDuringTheWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.start("/user-updates", lines("x"))
		time.Sleep(7 * 24 * time.Hour)
		w.work()
		if len(w.effects) > 0 || w.measured[1] != "ended user-updates failed map[skipped:1]" {
			t.Error(w.effects, w.measured)
		}
		w.slow = 10 * time.Second
		ids := many(100)
		w.start("/user-updates", lines(ids...))
		time.Sleep(7*24*time.Hour - 30*time.Second)
		w.work()
		if n := len(w.effects); n < 4 || n > 20 {
			t.Errorf("%d users were changed", n)
		}
	})
}

// Two calls of the worker at once, as after a timeout of the engine, change each user at most twice.
func TestTwoWorkersAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		ids := many(40)
		id := w.start("/user-updates", lines(ids...))
		event := w.runs[w.begun[0]]
		got := together(2, func(i int) string {
			time.Sleep(time.Duration(i) * 330 * time.Millisecond)
			next, err := w.leg(event)
			if err != nil || !next.Done {
				return "failed"
			}
			return "done"
		})
		if got["done"] != 2 {
			t.Error(got, w.logged())
		}
		if got := w.get(id).short(); got != "200 succeeded succeeded=40" {
			t.Error(got)
		}
		w.tidy(id)
	})
}

// A process without a store for jobs says that it is misconfigured.
func TestJobsAreOff(t *testing.T) {
	w := newWorld(t)
	w.off = true
	for _, path := range []string{"/jobs", "/jobs/x", "/jobs/x/results"} {
		if got := w.send("GET", path, "").short(); got != "500 service-misconfigured" {
			t.Errorf("%s: %s", path, got)
		}
	}
	if got := w.send("POST", "/user-updates", lines("x")).short(); got != "500 service-misconfigured" {
		t.Error(got)
	}
}

func TestWorkerWithoutWork(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	newWorld(t).service().Worker(jobs.Definition{Kind: jobs.Updates})
}
