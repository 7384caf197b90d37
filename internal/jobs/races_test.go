package jobs_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// together makes n calls at once and returns how often each answer came.
func together(n int, call func(i int) string) map[string]int {
	var mu sync.Mutex
	var all sync.WaitGroup
	counts := map[string]int{}
	for i := range n {
		all.Go(func() {
			got := call(i)
			mu.Lock()
			defer mu.Unlock()
			counts[got]++
		})
	}
	all.Wait()
	return counts
}

// 50 starts with one body and 50 with another, all with one key, start one job.
func TestStartsWithOneKey(t *testing.T) {
	for round := range 5 {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				bodies := []string{lines("a1", "a2"), lines("b1", "b2")}
				var ids sync.Map
				got := together(100, func(i int) string {
					a := w.send("POST", "/user-updates", bodies[i%2], "Idempotency-Key", "k")
					if a.status == 202 {
						ids.Store(a.job.ID, i%2)
					}
					return a.short()
				})
				if diff := cmp.Diff(map[string]int{"202 pending pending=2": 50, "422 idempotency-key-reused": 50}, got); diff != "" {
					t.Error(diff)
				}
				var id string
				n, winner := 0, 0
				ids.Range(func(key, value any) bool { n, id, winner = n+1, key.(string), value.(int); return true })
				if n != 1 || len(w.begun) != 1 {
					t.Fatalf("%d jobs, %d runs", n, len(w.begun))
				}
				w.work()
				if want := []string{"a", "b"}[winner]; w.changed([]string{want + "1", want + "2"}) != "once" {
					t.Errorf("body %s won, and the changes are %v", want, w.effects)
				}
				w.tidy(id)
			})
		})
	}
}

// Of 50 starts under 50 keys five run.
func TestStartsWithManyKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		got := together(50, func(i int) string {
			return w.send("POST", "/user-updates", lines(fmt.Sprint("u", i)), "Idempotency-Key", fmt.Sprint(i)).short()
		})
		if diff := cmp.Diff(map[string]int{"202 pending pending=1": 5, "429 too-many-jobs": 45}, got); diff != "" {
			t.Error(diff)
		}
		if got := w.send("POST", "/user-updates", lines("x")); got.short() != "429 too-many-jobs" || got.header.Get("Retry-After") != "30" {
			t.Error(got.short(), got.header)
		}
		if got := w.send("POST", "/user-updates", lines("x"), "Caller", "other").short(); got != "202 pending pending=1" {
			t.Errorf("another front-end: %s", got)
		}
		w.work()
		for range 5 {
			w.start("/user-updates", lines("y"))
		}
	})
}

// Without a key every start is a job.
func TestStartsWithoutAKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		if a, b := w.start("/user-updates", lines("x")), w.start("/user-updates", lines("x")); a == b {
			t.Error("the starts gave one job")
		}
	})
}

func TestKeysOfStarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		key := []string{"Idempotency-Key", "k"}
		id := w.start("/user-updates?mode=a", lines("x"), key...)
		for _, tt := range []struct{ path, body, caller, want string }{
			{"/user-updates?mode=a", lines("x"), "shop", "202 pending pending=1"},
			{"/user-updates?mode=b", lines("x"), "shop", "422 idempotency-key-reused"},
			{"/user-updates", lines("x"), "shop", "422 idempotency-key-reused"},
			{"/user-updates?mode=a", lines("y"), "shop", "422 idempotency-key-reused"},
			{"/user-updates?mode=a", lines("y"), "other", "202 pending pending=1"},
			{"/user-deletions?mode=a", lines("x"), "shop", "202 pending pending=1"},
		} {
			a := w.send("POST", tt.path, tt.body, append([]string{"Caller", tt.caller}, key...)...)
			isSame := a.job.ID == id
			if a.short() != tt.want || isSame != (tt.path == "/user-updates?mode=a" && tt.body == lines("x")) {
				t.Errorf("%+v: %s, same job: %t", tt, a.short(), isSame)
			}
		}
		w.work()
		if a := w.send("POST", "/user-updates?mode=a", lines("x"), key...); a.short() != "202 succeeded succeeded=1" || a.job.ID != id {
			t.Errorf("after the end: %s", a.short())
		}
		time.Sleep(7 * 24 * time.Hour) // the storage still has the expired job
		for range 2 {
			if a := w.send("POST", "/user-updates?mode=a", lines("y"), key...); a.short() != "202 pending pending=1" || a.job.ID == id {
				t.Errorf("after it has expired: %s", a.short())
			}
		}
		w.work()
		if w.effects["y"] != 2 { // of the other front-end, too
			t.Error(w.effects)
		}
		for _, key := range []string{"two words", "é", ""} {
			if got := w.send("POST", "/user-updates", lines("x"), "Idempotency-Key", "a b").short(); got != "400 invalid-request" {
				t.Errorf("%q: %s", key, got)
			}
		}
	})
}

// Confirmations at once delete once. Confirmation, cancellation and expiry exclude each other.
func TestDecisionsAtOnce(t *testing.T) {
	for round := range 20 {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				ids := many(3)
				id := w.start("/user-deletions", lines(ids...))
				w.work()
				planned := time.Now()
				if round%2 == 1 { // near the expiry
					time.Sleep(24*time.Hour - time.Nanosecond)
				}
				got := together(30, func(i int) string {
					if round%2 == 1 && i%5 == 4 {
						time.Sleep(time.Nanosecond)
					}
					switch i % 3 {
					case 0:
						return "confirm " + w.send("POST", "/jobs/"+id+"/confirmation", `{"delete":3}`).short()
					case 1:
						return "cancel " + fmt.Sprint(w.send("DELETE", "/jobs/"+id, "").status)
					}
					return "get " + fmt.Sprint(w.get(id).status)
				})
				w.work()
				last := w.get(id)
				confirmed, cancelled := got["confirm 202 running planned=3"], got["cancel 202"]
				switch last.job.Status {
				case "succeeded":
					if confirmed != 10 || cancelled+got["cancel 204"] > 0 || w.changed(ids) != "once" {
						t.Error(got, w.effects)
					}
				case "cancelled", "expired":
					if confirmed > 0 || len(w.effects) > 0 || last.job.Skipped != 3 || last.job.Status == "cancelled" && cancelled == 0 {
						t.Error(got, w.effects, last.text)
					}
				default:
					t.Error(last.text)
				}
				if last.job.Status == "expired" && time.Since(planned) < 24*time.Hour {
					t.Error("expired too early")
				}
				if len(w.begun) > 2 || got["get 200"] != 10 {
					t.Error(got, w.begun)
				}
			})
		})
	}
}

func TestAPlanExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		var ids []string
		for i := range 5 {
			ids = append(ids, w.start("/user-deletions", lines(fmt.Sprint("u", i))))
		}
		w.work()
		if got := w.send("POST", "/user-updates", lines("x")).short(); got != "429 too-many-jobs" {
			t.Errorf("plans hold no places: %s", got)
		}
		time.Sleep(24 * time.Hour)
		if got := w.send("POST", "/jobs/"+ids[0]+"/confirmation", `{"delete":1}`).short(); got != "409 job-decided" {
			t.Error(got)
		}
		if got := w.get(ids[0]).short(); got != "200 expired skipped=1" {
			t.Error(got)
		}
		if got := w.results(ids[0], "skipped"); !slices.Equal(got, []string{"0 skipped u0 ref=r-u0 plan-expired"}) {
			t.Errorf("%q", got)
		}
		for range 5 { // the expired plans give their places back, although nobody asks for them
			w.start("/user-updates", lines("x"))
		}
		if len(w.effects) > 0 {
			t.Error(w.effects)
		}
	})
}

// Stopping a confirmed deletion leaves the rest.
func TestStopOfAConfirmedDeletion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		id := w.start("/user-deletions", lines(many(100)...))
		w.work()
		w.send("POST", "/jobs/"+id+"/confirmation", `{"delete":100}`)
		var once sync.Once
		w.onRecord = func(user string) {
			if user == "u20" {
				once.Do(func() {
					if got := w.send("DELETE", "/jobs/"+id, "").short(); got != "409 job-decided" {
						t.Error(got)
					}
					if got := w.send("DELETE", "/jobs/"+id+"?if_confirmed=stop", ""); got.status != 202 || got.job.Status != "running" {
						t.Error(got.short())
					}
				})
			}
		}
		w.work()
		got := w.get(id)
		if got.job.Status != "cancelled" || got.job.Succeeded < 20 || got.job.Succeeded > 80 || got.job.Skipped != 100-got.job.Succeeded || len(w.effects) != got.job.Succeeded {
			t.Error(got.short(), len(w.effects))
		}
		w.tidy(id)
	})
}
