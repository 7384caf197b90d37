package jobs_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The life of a job without faults, as a front-end sees it.
func TestLife(t *testing.T) { synctest.Test(t, life) }

func life(t *testing.T) {
	w := newWorld(t)
	ids := many(12)
	body := strings.ReplaceAll(lines(ids...), "\n", "\r\n") + `{"id":5}` + "\n" + `{"ref":"x"}` + "\n" + lines("u3") + "nonsense\n\xff\n\n"
	a := w.send("POST", "/user-updates?mode=a", body, "X-Actor", "auth0%7Cada")
	if got := a.short(); got != "202 pending pending=12 failed=5" {
		t.Fatal(got, a.text)
	}
	id := a.job.ID
	if a.header.Get("Location") != "/jobs/"+id || a.header.Get("Retry-After") != "2" || a.job.Actor != "auth0|ada" || a.job.Kind != "user-updates" {
		t.Errorf("%s %v", a.text, a.header)
	}
	if got := w.get(id).text; got != a.text {
		t.Errorf("GET after the start: %s", got)
	}
	if diff := cmp.Diff([]string{"12 failed invalid-request", "13 failed ref=x invalid-request", "14 failed ref=r-u3 duplicate-record", "15 failed invalid-json", "16 failed invalid-json"}, w.results(id, "failed")); diff != "" {
		t.Error(diff)
	}
	if got := w.results(id, ""); len(got) != 17 || got[0] != "0 pending ref=r-u0" {
		t.Errorf("before the work: %q", got)
	}
	w.work()
	if got := w.get(id).short(); got != "200 succeeded succeeded=12 failed=5" {
		t.Error(got)
	}
	all := w.results(id, "")
	if len(all) != 17 || all[11] != "11 succeeded u11 ref=r-u11" || all[13] != "13 failed ref=x invalid-request" {
		t.Errorf("%q", all)
	}
	if w.changed(ids) != "once" || w.most != 4 {
		t.Errorf("%s, %d at once", w.changed(ids), w.most)
	}
	if diff := cmp.Diff([]string{"started user-updates", "ended user-updates succeeded map[failed:5 succeeded:12]"}, w.measured); diff != "" {
		t.Error(diff)
	}
	w.audited(id, 12)
	if keys, _ := w.store.List(t.Context(), "jobs/"+id+"/input", "", 99); len(keys) > 0 {
		t.Errorf("the input is still there: %q", keys)
	}
	w.erases(id)
	time.Sleep(7 * 24 * time.Hour)
	for _, path := range []string{"", "/results"} {
		if got := w.send("GET", "/jobs/"+id+path, "").short(); got != "404 job-not-found" {
			t.Errorf("after it has expired: %s", got)
		}
	}
	if got := w.send("GET", "/jobs", ""); len(got.job.Jobs) != 0 {
		t.Errorf("the list has an expired job: %s", got.text)
	}
}

// audited checks the audit lines of a job: one of the start, and one for each changed user.
func (w *world) audited(id string, users int) {
	w.t.Helper()
	line := regexp.MustCompile(`"msg":"audit"[^\n]*"job":"` + id + `"`)
	var starts, changes int
	for _, found := range line.FindAllString(w.logged(), -1) {
		if !strings.Contains(found, `"caller":"shop"`) || !strings.Contains(found, `"actor":"auth0|ada"`) || !strings.Contains(found, `"outcome":"done"`) {
			w.t.Errorf("audit line %s", found)
		}
		if strings.Contains(found, `"change":"user-updates.start"`) {
			starts++
		}
		if strings.Contains(found, `"change":"user.update"`) {
			changes++
		}
	}
	if starts != 1 || changes != users {
		w.t.Errorf("%d audit lines of starts and %d of changes", starts, changes)
	}
}

// erases erases the ended job's data.
func (w *world) erases(id string) {
	w.t.Helper()
	before := w.get(id).text
	for range 2 {
		if got := w.send("DELETE", "/jobs/"+id, ""); got.status != 204 {
			w.t.Errorf("%d %s", got.status, got.text)
		}
	}
	if got := w.send("GET", "/jobs/"+id+"/results", "").short(); got != "410 results-erased" {
		w.t.Error(got)
	}
	if got := w.get(id).text; got != before {
		w.t.Errorf("after the results are erased: %s", got)
	}
	var left []string
	keys, _ := w.store.List(w.t.Context(), "jobs/"+id+"/", "", 99)
	for _, key := range keys {
		left = append(left, key[strings.LastIndex(key, "/")+1:])
	}
	if diff := cmp.Diff([]string{"end", "erased", "manifest", "started"}, left); diff != "" {
		w.t.Error(diff)
	}
}

// A planned deletion changes nothing before its confirmation.
func TestPlan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		ids := many(7)
		id := w.start("/user-deletions", lines(ids...)+"{}\n")
		if got := w.send("POST", "/jobs/"+id+"/confirmation", `{"delete":7}`).short(); got != "409 job-not-planned" {
			t.Error(got)
		}
		w.work()
		if got := w.get(id).short(); got != "200 planned planned=7 failed=1" || len(w.effects) > 0 {
			t.Error(got, w.effects)
		}
		if got := w.results(id, "planned"); len(got) != 7 || got[6] != "6 planned u6 ref=r-u6" {
			t.Errorf("%q", got)
		}
		for _, body := range []string{`{"delete":8}`, `{"delete":0}`} {
			if got := w.send("POST", "/jobs/"+id+"/confirmation", body).short(); got != "409 plan-changed" {
				t.Error(got)
			}
		}
		for _, body := range []string{`{}`, `{"delete":-1}`, `{"delete":"7"}`, `{"delete":7,"x":1}`} {
			if got := w.send("POST", "/jobs/"+id+"/confirmation", body).short(); got != "400 invalid-request" {
				t.Errorf("%s: %s", body, got)
			}
		}
		for range 2 {
			if got := w.send("POST", "/jobs/"+id+"/confirmation", `{"delete":7}`); got.short() != "202 running planned=7 failed=1" || got.header.Get("Location") != "/jobs/"+id {
				t.Error(got.short())
			}
		}
		if got := w.send("DELETE", "/jobs/"+id, "").short(); got != "409 job-decided" {
			t.Error(got)
		}
		w.work()
		if got := w.get(id).short(); got != "200 succeeded succeeded=7 failed=1" || w.changed(ids) != "once" {
			t.Error(got, w.changed(ids))
		}
		if got := w.send("POST", "/jobs/"+id+"/confirmation", `{"delete":7}`).short(); got != "202 succeeded succeeded=7 failed=1" {
			t.Error(got)
		}
		if got := w.send("POST", "/jobs/"+id+"/confirmation", `{"delete":6}`).short(); got != "409 plan-changed" || len(w.begun) != 2 {
			t.Error(got, w.begun)
		}
	})
}

// An export has no total until its end.
func TestExport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		a := w.send("POST", "/user-exports", "")
		if a.short() != "202 pending" || !strings.Contains(a.text, `"total":null`) {
			t.Error(a.text)
		}
		w.work()
		got := w.get(a.job.ID)
		if got.short() != "200 succeeded succeeded=6" || *got.job.Total != 6 {
			t.Error(got.text)
		}
		page := w.send("GET", "/jobs/"+a.job.ID+"/results", "")
		if len(page.job.Results) != 6 || string(page.job.Results[5].User) != `{"id":"page-2"}` {
			t.Error(page.text)
		}
		if got := w.send("POST", "/user-exports", "x").short(); got != "400 invalid-request" {
			t.Error(got)
		}
	})
}

// The list has the front-end's jobs, newest first, and continues after a rotation.
func TestList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		var want []string
		for i := range 7 {
			if i == 4 {
				w.vault.rotate()
			}
			want = append(want, w.start("/user-exports", ""))
			w.work()
			time.Sleep(time.Second)
		}
		slices.Reverse(want)
		w.start("/user-exports", "", "Caller", "other")
		var got []string
		for query := "?limit=3"; ; {
			a := w.send("GET", "/jobs"+query, "")
			for _, j := range a.job.Jobs {
				got = append(got, j.ID)
			}
			if a.job.Next == "" {
				break
			}
			query = strings.TrimSuffix(strings.TrimPrefix(a.header.Get("Link"), "<"), `>; rel="next"`)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		first := w.send("GET", "/jobs?limit=3", "").job.Next
		if got := w.send("GET", "/jobs?limit=3&cursor="+first, "", "Caller", "other").short(); got != "400 invalid-cursor" {
			t.Errorf("another front-end's cursor: %s", got)
		}
	})
}
