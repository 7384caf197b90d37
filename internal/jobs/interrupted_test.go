package jobs_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// interrupted starts a job whose process dies at the write of a key with this part, and returns the job's ID.
func (w *world) interrupted(part, path, body string, header ...string) string {
	w.t.Helper()
	w.mortal.diesAt = part
	if got := w.send("POST", path, body, header...).short(); got != "503 service-unavailable" {
		w.t.Fatal(got)
	}
	w.mortal.revive()
	keys, err := w.store.List(w.t.Context(), "jobs/", "", 1)
	if err != nil || len(keys) != 1 {
		w.t.Fatal(keys, err)
	}
	return strings.Split(keys[0], "/")[1]
}

// A GET right after an interrupted start says pending; after a minute it starts the job or fails it.
func TestAGetAfterAnInterruptedStart(t *testing.T) {
	for name, tt := range map[string]struct{ part, want string }{
		"before the first chunk":  {"/input/", "200 failed skipped=12"},
		"between the chunks":      {"/000001", "200 failed skipped=12"},
		"before the index":        {"front-ends/", "200 pending pending=12"},
		"after the engine's call": {"/started", "200 pending pending=12"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				id := w.interrupted(tt.part, "/user-updates", lines(many(12)...))
				if got := w.get(id).short(); got != "200 pending pending=12" {
					t.Error(got)
				}
				time.Sleep(time.Minute)
				if got := w.get(id); got.short() != tt.want || got.job.Problem != nil && got.job.Problem.Code != "job-not-started" {
					t.Fatal(got.text)
				}
				if strings.Contains(tt.want, "failed") {
					if got := w.results(id, "skipped"); len(got) != 12 || got[11][:10] != "11 skipped" || !strings.HasSuffix(got[11], "job-not-started") {
						t.Errorf("%q", got)
					}
					w.tidy(id)
					return
				}
				w.work()
				if got := w.get(id).short(); got != "200 succeeded succeeded=12" || len(w.begun) != 1 {
					t.Error(got, w.begun)
				}
				if got := w.send("GET", "/jobs", ""); len(got.job.Jobs) != 1 {
					t.Errorf("the list is %s", got.text)
				}
			})
		})
	}
}

// The same start again completes an interrupted one, at once.
func TestARetryOfAnInterruptedStart(t *testing.T) {
	for _, part := range []string{"/manifest", "/input/", "/000001", "front-ends/", "/started"} {
		t.Run(part, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.mortal.diesAt = part
				key := []string{"Idempotency-Key", "k"}
				if got := w.send("POST", "/user-updates", lines(many(12)...)+"{}\n", key...).short(); got != "503 service-unavailable" {
					t.Fatal(got)
				}
				w.mortal.revive()
				got := w.send("POST", "/user-updates", lines(many(12)...)+"{}\n", key...)
				if got.short() != "202 pending pending=12 failed=1" {
					t.Fatal(got.short())
				}
				w.work()
				if got := w.get(got.job.ID).short(); got != "200 succeeded succeeded=12 failed=1" || w.changed(many(12)) != "once" {
					t.Error(got, w.effects)
				}
				w.tidy(got.job.ID)
			})
		})
	}
}

// A confirmation that was interrupted before the engine's call is completed by the next request.
func TestAnInterruptedConfirmation(t *testing.T) {
	for name, next := range map[string]func(w *world, id string) string{
		"the same again": func(w *world, id string) string {
			return w.send("POST", "/jobs/"+id+"/confirmation", `{"delete":3}`).short()[4:]
		},
		"a GET after a minute": func(w *world, id string) string {
			time.Sleep(time.Minute)
			return w.get(id).short()[4:]
		},
		"the list after a minute": func(w *world, _ string) string {
			time.Sleep(time.Minute)
			return w.send("GET", "/jobs", "").job.Jobs[0].short()
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				id := w.start("/user-deletions", lines(many(3)...))
				w.work()
				w.mortal.diesAt, w.mortal.after = "/decision", true
				if got := w.send("POST", "/jobs/"+id+"/confirmation", `{"delete":3}`).short(); got != "503 service-unavailable" || len(w.begun) != 1 {
					t.Fatal(got, w.begun)
				}
				w.mortal.revive()
				if got := next(w, id); got != "running planned=3" {
					t.Error(got)
				}
				w.work()
				if got := w.get(id).short(); got != "200 succeeded succeeded=3" || w.changed(many(3)) != "once" {
					t.Error(got, w.effects)
				}
			})
		})
	}
}

// A cancelled job whose execution was lost ends when somebody looks at it.
func TestACancelledJobWithoutAWorker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		id := w.start("/user-updates", lines(many(3)...))
		if got := w.send("DELETE", "/jobs/"+id, "").short(); got != "202 pending pending=3" {
			t.Fatal(got)
		}
		time.Sleep(20*time.Minute - time.Nanosecond)
		if got := w.get(id).short(); got != "200 pending pending=3" {
			t.Error(got)
		}
		time.Sleep(time.Nanosecond)
		if got := w.get(id).short(); got != "200 cancelled skipped=3" {
			t.Error(got)
		}
		w.work()
		if len(w.effects) > 0 {
			t.Error(w.effects)
		}
		w.tidy(id)
	})
}
