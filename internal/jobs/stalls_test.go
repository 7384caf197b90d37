package jobs_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/jobs"
	"usher/internal/problem"
)

// after is a problem that may pass after a time.
func after(kind problem.Kind, wait time.Duration) error {
	p := kind.New("No.")
	p.RetryAfter = wait
	return p
}

// fails makes the provider fail for these users until a time.
func (w *world) fails(err error, until time.Duration, ids ...string) {
	over := time.Now().Add(until)
	for _, id := range ids {
		w.failures[id] = err
	}
	w.onRecord = func(string) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if !time.Now().Before(over) {
			clear(w.failures)
		}
	}
}

// A failure that passes delays the job, and changes nothing in its results.
func TestFailuresThatPass(t *testing.T) {
	ids := many(12)
	for name, tt := range map[string]struct {
		err      error
		until    time.Duration
		min, max time.Duration // of the job
	}{
		"a rate limit":         {after(problem.TooManyRequests, time.Second), 3 * time.Second, 3 * time.Second, 10 * time.Second},
		"the budget":           {after(problem.ProviderBudget, 2*time.Second), 10 * time.Second, 10 * time.Second, 30 * time.Second},
		"a short outage":       {problem.ProviderUnavailable.New("No."), time.Minute, time.Minute, 4 * time.Minute},
		"an hour":              {problem.ProviderTimeout.New("No."), 40 * time.Minute, 40 * time.Minute, time.Hour},
		"a wait of the limits": {after(problem.TooManyRequests, time.Minute), time.Second, time.Minute, 2 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.fails(tt.err, tt.until, ids...)
				id := w.start("/user-updates", lines(ids...))
				begun := time.Now()
				w.work()
				took := time.Since(begun)
				if got := w.get(id).short(); got != "200 succeeded succeeded=12" || w.changed(ids) != "once" {
					t.Error(got, w.effects)
				}
				if took < tt.min || took > tt.max {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

// A record that always fails with such a problem fails in the end, and the others do not wait for it.
func TestARecordThatNeverPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		ids := many(12)
		w.failures["u3"] = problem.ProviderFailed.New("No.")
		id := w.start("/user-updates", lines(ids...))
		begun := time.Now()
		w.work()
		if got := w.get(id).short(); got != "200 succeeded succeeded=11 failed=1" {
			t.Error(got)
		}
		if diff := cmp.Diff([]string{"3 failed u3 ref=r-u3 provider-failed"}, w.results(id, "failed")); diff != "" {
			t.Error(diff)
		}
		if took := time.Since(begun); took > time.Hour {
			t.Errorf("it took %v", took)
		}
	})
}

// A provider that is away for hours fails the records, not the job.
func TestALongOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		ids := many(30)
		w.fails(problem.ProviderUnavailable.New("No."), 1000*time.Hour, ids...)
		id := w.start("/user-updates", lines(ids...))
		begun := time.Now()
		w.work()
		if got := w.get(id).short(); got != "200 succeeded failed=30" {
			t.Error(got)
		}
		if took := time.Since(begun); took < 30*time.Minute || took > 3*time.Hour {
			t.Errorf("it took %v", took)
		}
	})
}

// A record with a defect of the service fails, and the log has the cause.
func TestADefectAtOneRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.onRecord = func(id string) {
			if id == "u1" {
				_ = any(id).(error)
			}
		}
		w.failures["u2"] = fmt.Errorf("a defect")
		id := w.start("/user-updates", lines(many(4)...))
		w.work()
		if diff := cmp.Diff([]string{"1 failed ref=r-u1 internal", "2 failed u2 ref=r-u2 internal"}, w.results(id, "failed")); diff != "" {
			t.Error(diff)
		}
		for _, want := range []string{"a defect", "interface conversion", `"level":"ERROR"`} {
			if !strings.Contains(w.logged(), want) {
				t.Errorf("the log lacks %q: %s", want, w.logged())
			}
		}
	})
}

// The work as a whole stalls, too: here an export whose pages fail.
func TestAStalledExport(t *testing.T) {
	for until, want := range map[time.Duration]string{10 * time.Minute: "200 succeeded succeeded=6", 100 * time.Hour: "200 failed succeeded=2"} {
		t.Run(want, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.fails(problem.ProviderUnavailable.New("No."), until, "page-1")
				id := w.start("/user-exports", "")
				w.work()
				got := w.get(id)
				if got.short() != want || got.job.Problem != nil && got.job.Problem.Code != "provider-unavailable" {
					t.Error(got.text)
				}
			})
		})
	}
}

// A problem that does not pass fails an export at once.
func TestAFailedExport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.failures["page-2"] = problem.ListTooUniform.New("No.")
		id := w.start("/user-exports", "")
		w.work()
		if got := w.get(id); got.short() != "200 failed succeeded=4" || got.job.Problem.Code != "list-too-uniform" {
			t.Error(got.text)
		}
		w.failures["page-0"] = fmt.Errorf("a defect")
		id = w.start("/user-exports", "")
		event := w.runs[w.begun[1]]
		if _, err := w.leg(event); err == nil {
			t.Error("no failure")
		}
		event.Close = true
		if next, err := w.leg(event); !next.Done || err != nil {
			t.Error(next, err)
		}
		if got := w.get(id); got.short() != "200 failed" || got.job.Problem.Code != "internal" || strings.Contains(got.text, "defect") {
			t.Error(got.text)
		}
	})
}

func TestMayPass(t *testing.T) {
	for _, kind := range problem.All() {
		want := kind.Status == 429 || kind.Status == 502 || kind.Status == 503 || kind.Status == 504
		if got := jobs.MayPass(fmt.Errorf("wrapped: %w", kind.New("No."))); got != want {
			t.Errorf("%s: %t", kind.Code, got)
		}
	}
	if jobs.MayPass(nil) || jobs.MayPass(fmt.Errorf("a defect")) {
		t.Error("no problem may pass")
	}
}
