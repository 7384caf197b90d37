package jobs_test

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"usher/internal/jobs"
)

// crashes runs a scenario again and again, with a process that dies before or after each of its writes.
func crashes(t *testing.T, scenario func(t *testing.T, w *world)) {
	for _, after := range []bool{false, true} {
		for n := 1; ; n++ {
			over := false
			t.Run(fmt.Sprint("write ", n, " after=", after), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t)
					w.mortal.dies, w.mortal.after = n, after
					scenario(t, w)
					over = !w.mortal.died()
				})
			})
			if over || t.Failed() {
				if n < 10 {
					t.Errorf("the scenario has %d writes only", n)
				}
				break
			}
		}
	}
}

// again sends a request until it is answered without a failure of the store, as a client does.
func (w *world) again(method, path, body string, header ...string) answer {
	w.t.Helper()
	for range 5 {
		a := w.send(method, path, body, header...)
		if a.status < 500 {
			return a
		}
		w.mortal.revive()
		time.Sleep(time.Second)
	}
	w.t.Fatalf("%s %s always fails: %s", method, path, w.logged())
	return answer{}
}

// wait works until the job has another status than pending and running, as a client sees it.
func (w *world) wait(id string) answer {
	w.t.Helper()
	for range 200 {
		w.mortal.revive()
		w.work()
		a := w.again("GET", "/jobs/"+id, "")
		if s := a.job.Status; s != "pending" && s != "running" {
			w.work() // what the GET may have started
			return a
		}
		time.Sleep(5 * time.Second)
	}
	w.t.Fatalf("the job stays: %s", w.logged())
	return answer{}
}

// tidy checks that an ended job holds no place and no input.
func (w *world) tidy(id string) {
	w.t.Helper()
	w.mortal.revive()
	w.work()
	if keys, _ := w.store.List(w.t.Context(), "jobs/"+id+"/input", "", 99); len(keys) > 0 {
		w.t.Errorf("input is left: %q", keys)
	}
	for i := range 5 {
		w.again("POST", "/user-updates", lines("x"), "Idempotency-Key", fmt.Sprint("tidy-", i))
	}
	if got := w.again("POST", "/user-updates", lines("x"), "Idempotency-Key", "tidy-5").short(); got != "429 too-many-jobs" {
		w.t.Errorf("more than five jobs run: %s", got)
	}
}

func TestUpdatesUnderCrashes(t *testing.T) {
	crashes(t, func(t *testing.T, w *world) {
		ids := many(12)
		id := w.again("POST", "/user-updates", lines(ids...)+"{}\n", "Idempotency-Key", "k").job.ID
		if got := w.wait(id).short(); got != "200 succeeded succeeded=12 failed=1" {
			t.Fatal(got)
		}
		for i, got := range w.results(id, "")[:12] {
			if want := fmt.Sprintf("%d succeeded u%d ref=r-u%d", i, i, i); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
		for _, id := range ids { // at most those of one interrupted second are repeated, in one process
			if n := w.effects[id]; n < 1 || n > 2 {
				t.Errorf("%s was changed %d times", id, n)
			}
		}
		w.tidy(id)
	})
}

func TestDeletionsUnderCrashes(t *testing.T) {
	crashes(t, func(t *testing.T, w *world) {
		ids := many(7)
		id := w.again("POST", "/user-deletions", lines(ids...), "Idempotency-Key", "k").job.ID
		if got := w.wait(id).short(); got != "200 planned planned=7" || len(w.effects) > 0 {
			t.Fatal(got, w.effects)
		}
		if got := w.again("POST", "/jobs/"+id+"/confirmation", `{"delete":7}`); got.status != 202 {
			t.Fatal(got.short())
		}
		if got := w.wait(id).short(); got != "200 succeeded succeeded=7" {
			t.Fatal(got)
		}
		w.tidy(id)
	})
}

func TestExportsUnderCrashes(t *testing.T) {
	crashes(t, func(t *testing.T, w *world) {
		id := w.again("POST", "/user-exports", "", "Idempotency-Key", "k").job.ID
		if got := w.wait(id).short(); got != "200 succeeded succeeded=6" {
			t.Fatal(got)
		}
		if got := w.results(id, ""); len(got) != 6 || got[5] != "5 succeeded" {
			t.Errorf("%q", got)
		}
		w.tidy(id)
	})
}

// true checks that no result says something wrong about its user.
func (w *world) true(results []jobs.Result) {
	w.t.Helper()
	for _, result := range results {
		n := w.effects[fmt.Sprint("u", result.Index)]
		if n == 0 && result.Outcome == jobs.RecordSucceeded || n > 0 && result.Outcome == jobs.RecordSkipped {
			w.t.Errorf("record %d is %s, and its user was changed %d times", result.Index, result.Outcome, n)
		}
	}
}

// The job is cancelled while its first chunk is in work.
func TestCancellationUnderCrashes(t *testing.T) {
	crashes(t, func(t *testing.T, w *world) {
		ids := many(60)
		id := w.again("POST", "/user-updates", lines(ids...), "Idempotency-Key", "k").job.ID
		cancelled := make(chan answer, 1)
		var once sync.Once
		w.onRecord = func(user string) {
			if user == "u2" {
				once.Do(func() { go func() { cancelled <- w.again("DELETE", "/jobs/"+id, "") }() })
			}
		}
		got := w.wait(id)
		if a := <-cancelled; a.status != 202 && a.status != 204 {
			t.Fatal(a.short())
		}
		if got.job.Status != "cancelled" || got.job.Skipped == 0 || got.job.Succeeded+got.job.Unknown == 0 || got.job.Unknown > 5 {
			t.Fatal(got.short())
		}
		if a := w.again("GET", "/jobs/"+id+"/results", ""); a.status == 200 {
			w.true(a.job.Results)
		} else if got := a.short(); got != "410 results-erased" { // by the repeated request
			t.Error(got)
		}
		w.tidy(id)
	})
}

// The planned deletion is cancelled instead of confirmed.
func TestCancelledPlanUnderCrashes(t *testing.T) {
	crashes(t, func(t *testing.T, w *world) {
		id := w.again("POST", "/user-deletions", lines(many(7)...), "Idempotency-Key", "k").job.ID
		w.wait(id)
		// The repeated request finds the job ended, and then erases it.
		if got := w.again("DELETE", "/jobs/"+id, ""); got.status != 202 && got.status != 204 {
			t.Fatal(got.short())
		}
		if got := w.wait(id).short(); got != "200 cancelled skipped=7" || len(w.effects) > 0 {
			t.Fatal(got, w.effects)
		}
		w.tidy(id)
	})
}
