package jobs

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/localtenant"
)

// plan makes users and plans their deletion.
func (w *world) plan(t *testing.T, name string, n int) job {
	t.Helper()
	records := lines(n, func(i int) string {
		address := fmt.Sprintf("%s%d@example.com", name, i)
		if _, err := w.admin.AddUser(localtenant.User{Email: address}); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf(`{"email":%q}`, address)
	})
	j := w.begin(t, "/user-deletions", records)
	if planned := w.await(t, j.ID, nil, "planned"); planned.Planned != n {
		t.Fatalf("the plan: %+v", planned)
	}
	return j
}

func confirmation(n int) string { return fmt.Sprintf(`{"delete":%d}`, n) }

// For another front-end, a job does not exist.
func TestAJobBelongsToItsFrontEnd(t *testing.T) {
	w := startWith(t)
	j := w.plan(t, "own", 2)
	for _, tt := range []struct{ method, target, body string }{
		{"GET", "/jobs/" + j.ID, ""}, {"GET", "/jobs/" + j.ID + "/results", ""}, {"DELETE", "/jobs/" + j.ID, ""},
		{"DELETE", "/jobs/" + j.ID + "?if_confirmed=stop", ""}, {"POST", "/jobs/" + j.ID + "/confirmation", confirmation(2)},
	} {
		want(t, w.call(t, tt.method, tt.target, tt.body, frontEndHeader, "help-desk"), http.StatusNotFound, "job-not-found")
	}
	list := func(frontEnd string) (ids []string) {
		var page struct{ Jobs []job }
		want(t, w.call(t, "GET", "/jobs", "", frontEndHeader, frontEnd), http.StatusOK, "").into(t, &page)
		for _, j := range page.Jobs {
			ids = append(ids, j.ID)
		}
		return ids
	}
	if mine, others := list("shop"), list("help-desk"); !slices.Equal(mine, []string{j.ID}) || others != nil {
		t.Errorf("the lists are %v and %v", mine, others)
	}
	if now := w.job(t, j.ID); now.Status != "planned" {
		t.Errorf("the job is %+v", now)
	}
}

// The first of confirmation, cancellation and expiry wins.
func TestDecisionsExcludeEachOther(t *testing.T) {
	w := startWith(t)

	cancelled := w.plan(t, "cancelled", 2)
	want(t, w.call(t, "DELETE", "/jobs/"+cancelled.ID, ""), http.StatusAccepted, "")
	want(t, w.call(t, "POST", "/jobs/"+cancelled.ID+"/confirmation", confirmation(2)), http.StatusConflict, "job-decided")
	if now := w.job(t, cancelled.ID); now.Status != "cancelled" || now.Skipped != 2 {
		t.Errorf("the cancelled job is %+v", now)
	}

	w.pause(t)
	confirmed := w.begin(t, "/user-deletions", `{"email":"cancelled0@example.com"}`)
	want(t, w.call(t, "POST", "/jobs/"+confirmed.ID+"/confirmation", confirmation(1)), http.StatusConflict, "job-not-planned")
	w.resume(t)
	w.await(t, confirmed.ID, nil, "planned")
	w.pause(t)
	for range 2 {
		want(t, w.call(t, "POST", "/jobs/"+confirmed.ID+"/confirmation", confirmation(1)), http.StatusAccepted, "")
	}
	want(t, w.call(t, "POST", "/jobs/"+confirmed.ID+"/confirmation", confirmation(2)), http.StatusConflict, "plan-changed")
	want(t, w.call(t, "DELETE", "/jobs/"+confirmed.ID, ""), http.StatusConflict, "job-decided")
	want(t, w.call(t, "DELETE", "/jobs/"+confirmed.ID+"?if_confirmed=stop", ""), http.StatusAccepted, "")
	w.resume(t)
	if now := w.await(t, confirmed.ID, nil, "cancelled"); now.Skipped != 1 {
		t.Errorf("the stopped deletion is %+v", now)
	}

	expired := w.plan(t, "expired", 2)
	w.clock.Advance(24*time.Hour + time.Minute)
	want(t, w.call(t, "POST", "/jobs/"+expired.ID+"/confirmation", confirmation(2)), http.StatusConflict, "job-decided")
	if now := w.job(t, expired.ID); now.Status != "expired" || now.Skipped != 2 {
		t.Errorf("the expired plan is %+v", now)
	}
	for _, r := range w.results(t, expired.ID, "") {
		if r.Status != "skipped" || r.code() != "plan-expired" {
			t.Errorf("a result of the expired plan: %+v", r)
		}
	}

	w.clock.Advance(7 * 24 * time.Hour)
	for _, id := range []string{cancelled.ID, confirmed.ID, expired.ID} {
		want(t, w.call(t, "GET", "/jobs/"+id, ""), http.StatusNotFound, "job-not-found")
		want(t, w.call(t, "GET", "/jobs/"+id+"/results", ""), http.StatusNotFound, "job-not-found")
	}
}

// Many confirmations at once delete each user once.
func TestConfirmationsAtOnceDeleteOnce(t *testing.T) {
	w := startWith(t)
	j := w.plan(t, "once", 20)
	var mu sync.Mutex
	deleted := map[string]int{}
	w.tenant.Watch(func(r *http.Request, _, _ []byte) {
		if r.Method == http.MethodDelete && strings.HasPrefix(r.URL.Path, "/api/v2/users/") {
			mu.Lock()
			deleted[r.URL.Path]++
			mu.Unlock()
		}
	})
	for _, a := range atOnce(t, 10, func(int) (answer, error) {
		return w.send("POST", "/jobs/"+j.ID+"/confirmation", "application/json", confirmation(20))
	}) {
		want(t, a, http.StatusAccepted, "")
	}
	if done := w.await(t, j.ID, nil, "succeeded"); done.Succeeded != 20 {
		t.Errorf("the deletion ended with %+v", done.counts)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(deleted) != 20 || slices.Max(slices.Collect(maps.Values(deleted))) != 1 {
		t.Errorf("deletions at the provider: %v", deleted)
	}
}

// An ended job can be erased. Its counts stay.
func TestAnEndedJobIsErased(t *testing.T) {
	w := startWith(t)
	j := w.begin(t, "/user-creations", creations("erased", 3))
	w.await(t, j.ID, nil, "succeeded")
	for range 2 {
		want(t, w.call(t, "DELETE", "/jobs/"+j.ID, ""), http.StatusNoContent, "")
	}
	want(t, w.call(t, "GET", "/jobs/"+j.ID+"/results", ""), http.StatusGone, "results-erased")
	if now := w.job(t, j.ID); now.Status != "succeeded" || now.Succeeded != 3 {
		t.Errorf("the erased job is %+v", now)
	}
}
