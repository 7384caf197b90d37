package jobs_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"usher/internal/limits"
	"usher/internal/permission"
	"usher/internal/problem"
)

// A job belongs to the front-end that started it. For others it does not exist.
func TestAnotherFrontEndsJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		id := w.start("/user-deletions", lines("a"))
		w.work()
		for _, request := range [][3]string{
			{"GET", "/jobs/" + id, ""}, {"GET", "/jobs/" + id + "/results", ""}, {"POST", "/jobs/" + id + "/confirmation", `{"delete":1}`},
			{"DELETE", "/jobs/" + id, ""}, {"DELETE", "/jobs/" + id + "?if_confirmed=stop", ""},
		} {
			if got := w.send(request[0], request[1], request[2], "Caller", "other").short(); got != "404 job-not-found" {
				t.Errorf("%s %s: %s", request[0], request[1], got)
			}
		}
		if got := w.send("GET", "/jobs", "", "Caller", "other"); len(got.job.Jobs) > 0 {
			t.Error(got.text)
		}
		if got := w.get(id).short(); got != "200 planned planned=1" {
			t.Error(got)
		}
		for _, id := range []string{"x", strings.ToUpper(id), strings.Repeat("0", 40)} {
			if got := w.get(id).short(); got != "404 job-not-found" {
				t.Errorf("%s: %s", id, got)
			}
		}
	})
}

// The scopes of tokens decide about the routes; only usher:bulk-delete confirms.
func TestScopes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		id := w.start("/user-deletions", lines("a"))
		w.work()
		got := map[string]string{}
		for _, group := range permission.All() {
			scope := []string{"Scope", group.Scope + " usher:manage"}
			text := ""
			for _, request := range [][3]string{
				{"POST", "/user-updates", "x"}, {"POST", "/user-deletions", "x"}, {"POST", "/user-exports", ""},
				{"GET", "/jobs", ""}, {"GET", "/jobs/" + id, ""}, {"GET", "/jobs/" + id + "/results", ""},
				{"POST", "/jobs/" + id + "/confirmation", `{"delete":2}`},
			} {
				text += fmt.Sprint(w.send(request[0], request[1], request[2], append(scope, "Idempotency-Key", group.Scope)...).status, " ")
			}
			w.work()
			if text = strings.TrimSpace(text); text != strings.TrimSpace(strings.Repeat("403 ", 7)) {
				got[group.Scope] = text
			}
		}
		want := map[string]string{
			"usher:bulk":        "202 403 403 200 200 200 403",
			"usher:import":      "403 403 403 200 200 200 403",
			"usher:bulk-delete": "403 202 403 200 200 200 409",
			"usher:export":      "403 403 202 200 200 200 403",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if got := w.send("POST", "/jobs/"+id+"/confirmation", `{"delete":1}`, "Scope", "usher:bulk-delete").short(); got != "403 forbidden" {
			t.Errorf("a confirmation without usher:manage: %s", got)
		}
	})
}

// connections has the connection of each user.
type connections struct{}

func (connections) ConnectionOf(_ context.Context, id string) (string, error) {
	if strings.HasPrefix(id, "theirs") {
		return "Employees", nil
	}
	if id == "absent" {
		return "", problem.UserNotFound.New("No.")
	}
	return "Customers", nil
}

// policy limits the front-end "shop" to some connections.
func policy(t *testing.T, connections string) limits.Policy {
	t.Helper()
	p, err := limits.Parse(`{"unlisted":"refuse","front_ends":[{"name":"shop","client_id":"shop","connections":[`+connections+`]}]}`, limits.Deployment{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The front-end's limits hold for each record, as they are when the record is in work.
func TestLimitsOfRecords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.limits = policy(t, `"Customers"`)
		id := w.start("/user-updates", lines("ours-1", "theirs-1", "absent", "ours-2"))
		w.work()
		want := []string{"0 succeeded ours-1 ref=r-ours-1", "1 failed theirs-1 ref=r-theirs-1 outside-front-ends-limits", "2 failed absent ref=r-absent user-not-found", "3 succeeded ours-2 ref=r-ours-2"}
		if diff := cmp.Diff(want, w.results(id, "")); diff != "" {
			t.Error(diff)
		}
	})
}

func TestLimitsThatChangeDuringTheJob(t *testing.T) {
	for name, tt := range map[string]struct{ document, code string }{
		"a connection less": {`{"unlisted":"allow","front_ends":[{"name":"shop","client_id":"shop","connections":[]}]}`, "outside-front-ends-limits"},
		"not listed":        {`{"unlisted":"refuse","front_ends":[{"name":"s","client_id":"s"}]}`, "outside-front-ends-limits"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				changed, err := limits.Parse(tt.document, limits.Deployment{})
				if err != nil {
					t.Fatal(err)
				}
				w := newWorld(t)
				w.limits = policy(t, `"Customers"`)
				var once sync.Once
				w.onRecord = func(id string) {
					if id == "u20" {
						once.Do(func() { w.mu.Lock(); w.limits = changed; w.mu.Unlock() })
					}
				}
				id := w.start("/user-updates", lines(many(40)...))
				w.work()
				got := w.get(id)
				if got.job.Succeeded < 20 || got.job.Succeeded > 26 || got.job.Failed != 40-got.job.Succeeded || len(w.effects) != got.job.Succeeded {
					t.Error(got.short(), len(w.effects))
				}
				if failed := w.results(id, "failed"); !strings.HasSuffix(failed[0], tt.code) {
					t.Errorf("%q", failed)
				}
			})
		})
	}
}
