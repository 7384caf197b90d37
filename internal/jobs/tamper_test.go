package jobs_test

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"usher/internal/jobs"
	"usher/internal/seal"
	"usher/internal/secrets"
)

// Who can write to the store cannot act as a front-end: the worker changes only what the front-end's own
// start names.
func TestTamperedObjects(t *testing.T) {
	tests := map[string]struct {
		key  string // of the object below the victim's folder that is replaced
		from string // "" for garbage, or the same object of another job: "mallory" started it
		want string // the status of the victim's job
	}{
		"a manifest of another job":   {"manifest", "mallory", "404 job-not-found"},
		"garbage for a manifest":      {"manifest", "", "404 job-not-found"},
		"a chunk of another job":      {"input/*/000000", "mallory", "200 failed skipped=6"},
		"garbage for a chunk":         {"input/*/000001", "", "200 failed"},
		"a chunk in another's place":  {"input/*/000001", "own", "200 failed"},
		"a state of another job":      {"state", "mallory", "200 failed skipped=6"},
		"garbage for a state":         {"state", "", "200 failed skipped=6"},
		"garbage for an end":          {"end", "", "503"},
		"results of another job":      {"results/000000", "mallory", "200 failed skipped=6"},
		"garbage for results":         {"results/000000", "", "200 failed skipped=6"},
		"a decision of another job":   {"decision", "mallory", "200 failed skipped=6"},
		"a started marker, no sealed": {"started", "", "200 succeeded succeeded=6"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				victim := w.start("/user-updates", lines("u0", "u1", "u2", "u3", "u4", "u5"))
				mallory := w.start("/user-updates", lines("m0", "m1", "m2", "m3", "m4", "m5"), "Caller", "mallory")
				body := []byte("garbage")
				switch tt.from {
				case "mallory":
					body = w.object(mallory, tt.key)
				case "own":
					body = w.object(victim, "input/*/000000")
				}
				if err := w.store.Put(t.Context(), w.key(victim, tt.key), body); err != nil {
					t.Fatal(err)
				}
				w.mu.Lock()
				w.begun = w.begun[:1] // mallory's own job does not run
				w.mu.Unlock()
				for range 3 {
					if _, err := w.leg(w.runs[w.begun[0]]); err != nil && tt.want != "503" {
						t.Error(err)
					}
				}
				for id := range w.effects {
					if !strings.HasPrefix(id, "u") {
						t.Errorf("%s was changed", id)
					}
				}
				got := w.get(victim)
				if tt.want == "503" {
					if got.status < 500 || len(w.effects) > 0 {
						t.Error(got.short(), w.effects)
					}
					return
				}
				if !strings.HasPrefix(got.short(), tt.want) {
					t.Errorf("%s, want %s", got.short(), tt.want)
				}
				if got.job.Problem != nil && (got.job.Problem.Code != "internal" || strings.Contains(w.logged(), "garbage")) {
					t.Error(got.text)
				}
			})
		})
	}
}

// key returns the key of an object of a job; "*" is the only name in its folder.
func (w *world) key(id, name string) string {
	w.t.Helper()
	key := "jobs/" + id + "/" + name
	if folder, rest, found := strings.Cut(key, "*"); found {
		keys, err := w.store.List(w.t.Context(), folder, "", 1)
		if err != nil || len(keys) != 1 {
			w.t.Fatal(keys, err)
		}
		key = folder + strings.Split(strings.TrimPrefix(keys[0], folder), "/")[0] + rest
	}
	return key
}

// object returns an object of a job. What the job has not written yet is made by running it in another world.
func (w *world) object(id, name string) []byte {
	w.t.Helper()
	body, _, err := w.store.Get(w.t.Context(), w.key(id, name))
	if err == nil {
		return body
	}
	// The attacker seals what the service would: with the right purpose, for another job's key.
	sealed, err := seal.New(w.vault, time.Now).SealBytes(w.t.Context(), "jobs", w.key(id, name), []byte(`{}`))
	if err != nil {
		w.t.Fatal(err)
	}
	return sealed
}

// An event that this service did not make does nothing.
func TestForeignEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		id := w.start("/user-deletions", lines("a"))
		run := w.runs[w.begun[0]].Run
		for name, event := range map[string]jobs.Event{
			"no ID":                     {},
			"a path":                    {Job: "../" + id, Run: run},
			"another job":               {Job: strings.Repeat("a", 40), Run: run},
			"another run":               {Job: id, Run: "x"},
			"no run":                    {Job: id},
			"an unconfirmed run":        {Job: id, Run: run + "-confirmed"},
			"an unconfirmed run's end":  {Job: id, Run: run + "-confirmed", Close: true},
			"another job's end":         {Job: strings.Repeat("a", 40), Run: run, Close: true},
			"a run of the next version": {Job: id, Run: run + "-2"},
		} {
			next, err := w.leg(event)
			if !next.Done || err != nil || len(w.effects) > 0 {
				t.Errorf("%s: %+v, %v, %v", name, next, err, w.effects)
			}
			if got := w.get(id).short(); got != "200 pending pending=1" {
				t.Errorf("%s: %s", name, got)
			}
		}
		w.work()
		if got := w.get(id).short(); got != "200 planned planned=1" {
			t.Error(got)
		}
		if next, err := w.leg(jobs.Event{Job: id, Run: run}); !next.Done || next.Planned != 1 || err != nil { // again
			t.Error(next, err)
		}
	})
}

// A job of a later version's format is left alone.
func TestALaterFormat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		id := w.start("/user-updates", lines("a"))
		sealer, key := seal.New(w.vault, time.Now), "jobs/"+id+"/manifest"
		body, _, err := w.store.Get(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := sealer.OpenBytes(t.Context(), "jobs", key, body)
		if err != nil {
			t.Fatal(err)
		}
		later, err := sealer.SealBytes(t.Context(), "jobs", key, bytes.Replace(plain, []byte(`"format":1`), []byte(`"format":2`), 1))
		if err != nil {
			t.Fatal(err)
		}
		if err := w.store.Put(t.Context(), key, later); err != nil {
			t.Fatal(err)
		}
		if next, err := w.leg(w.runs[w.begun[0]]); !next.Done || err != nil || len(w.effects) > 0 {
			t.Error(next, err, w.effects)
		}
	})
}

// Nothing readable is in the store, and nothing personal in keys, events, logs and metrics.
func TestNothingPersonalLeaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		const canary = "canary"
		w.failures[canary+"-4"] = nil
		w.onRecord = func(id string) {
			if id == canary+"-3" {
				panic(id)
			}
		}
		id := w.start("/user-updates?mode=a", lines(canary+"-1", canary+"-2", canary+"-3")+`{"id":"canary-5","canary":1}`+"\n{\"id\":\"canary\n", "Caller", "front-"+canary)
		w.work()
		for key, object := range w.store.objects {
			if strings.Contains(key, canary) || bytes.Contains(object.body, []byte(canary)) || bytes.Contains(object.body, []byte("ref")) {
				t.Errorf("%s: %q", key, object.body)
			}
		}
		if got := w.send("GET", "/jobs/"+id, "", "Caller", "front-"+canary).short(); got != "200 succeeded succeeded=2 failed=3" {
			t.Error(got)
		}
		if log := strings.ReplaceAll(w.logged(), "front-"+canary, ""); strings.Contains(log, canary) || !strings.Contains(log, "panic: string") {
			t.Errorf("%s", log)
		}
	})
}

// previous restores a client secret as the previous one.
func (v *vault) previous(secret string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.versions.Previous = secrets.Credentials{ClientSecret: secret}
}
