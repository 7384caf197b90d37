package jobs_test

import (
	"testing"
	"testing/synctest"
	"time"
)

// A job lives over one rotation of the secret. After a second one it answers as expired.
func TestRotations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		key := []string{"Idempotency-Key", "k"}
		id := w.start("/user-updates", lines(many(12)...), key...)
		w.vault.rotate()
		if a := w.send("POST", "/user-updates", lines(many(12)...), key...); a.job.ID != id {
			t.Errorf("the key starts another job: %s", a.short())
		}
		if got := w.send("POST", "/user-updates", lines("x"), key...).short(); got != "422 idempotency-key-reused" {
			t.Error(got)
		}
		w.work()
		if got := w.get(id).short(); got != "200 succeeded succeeded=12" || w.changed(many(12)) != "once" {
			t.Error(got, w.effects)
		}
		if got := w.results(id, ""); len(got) != 12 {
			t.Errorf("%q", got)
		}
		w.vault.rotate()
		for _, path := range []string{"/jobs/" + id, "/jobs/" + id + "/results"} {
			if got := w.send("GET", path, "").short(); got != "404 job-not-found" {
				t.Errorf("%s: %s", path, got)
			}
		}
		if got := w.send("GET", "/jobs", ""); len(got.job.Jobs) > 0 {
			t.Error(got.text)
		}
	})
}

// The secret is rotated while the worker runs: the rest of its results are sealed with the new one.
func TestARotationInTheMiddle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		id := w.start("/user-updates", lines(many(100)...))
		go func() {
			time.Sleep(1500 * time.Millisecond)
			w.vault.rotate()
		}()
		w.work()
		if got := w.get(id).short(); got != "200 succeeded succeeded=100" || w.changed(many(100)) != "once" {
			t.Error(got, w.effects)
		}
	})
}

// After two rotations the worker does nothing, and the place becomes free.
func TestTwoRotationsBeforeTheWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		for range 5 {
			w.start("/user-updates", lines("x"))
		}
		w.vault.rotate()
		if got := w.send("POST", "/user-updates", lines("x")).short(); got != "429 too-many-jobs" {
			t.Errorf("the places of the previous name do not count: %s", got)
		}
		w.vault.rotate()
		w.work()
		if len(w.effects) > 0 {
			t.Error(w.effects)
		}
		for range 5 {
			w.start("/user-updates", lines("y"))
		}
	})
}

// A process that does not know the newest version of the secret yet must not drop a job.
func TestAWorkerThatLearnsOfARotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		worker := w.worker()
		first := w.start("/user-updates", lines("a"))
		if err := w.store.Put(t.Context(), "jobs/"+first+"/manifest", []byte("garbage")); err != nil {
			t.Fatal(err)
		}
		if next, err := worker.Handle(t.Context(), w.runs[w.begun[0]]); !next.Done || err != nil { // it searches for other versions in vain
			t.Fatal(next, err)
		}
		second := w.start("/user-updates", lines("b"))
		w.vault.rotate()
		w.vault.rotate()
		w.vault.previous("one")
		if next, err := worker.Handle(t.Context(), w.runs[w.begun[1]]); !next.Done || next.Succeeded != 1 || err != nil {
			t.Fatal(next, err)
		}
		if got := w.get(second).short(); got != "200 succeeded succeeded=1" {
			t.Error(got)
		}
	})
}
