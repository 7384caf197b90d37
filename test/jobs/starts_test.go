package jobs

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
)

// atOnce sends requests at the same time, and returns their answers in order.
func atOnce(t *testing.T, n int, send func(i int) (answer, error)) []answer {
	t.Helper()
	answers := make([]answer, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			var err error
			if answers[i], err = send(i); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if t.Failed() {
		t.FailNow()
	}
	return answers
}

func creations(name string, n int) string {
	return lines(n, func(i int) string { return fmt.Sprintf(`{"ref":"%s%d","email":"%s%d@example.com"}`, name, i, name, i) })
}

// Of many starts with one key and two bodies, one body becomes the job.
func TestOneKeyStartsOneJob(t *testing.T) {
	w := startWith(t)
	bodies := []string{creations("a", 40), creations("b", 40)}
	answers := atOnce(t, 100, func(i int) (answer, error) {
		return w.send(http.MethodPost, "/user-creations", "application/x-ndjson", bodies[i%2], "Idempotency-Key", "one")
	})
	started := map[string]map[int]int{} // the IDs of jobs, with the number of starts by body
	for i, a := range answers {
		if a.status == http.StatusUnprocessableEntity && a.code() == "idempotency-key-reused" {
			continue
		}
		var j job
		want(t, a, http.StatusAccepted, "").into(t, &j)
		if started[j.ID] == nil {
			started[j.ID] = map[int]int{}
		}
		started[j.ID][i%2]++
	}
	if len(started) != 1 {
		t.Fatalf("%d jobs were started: %v", len(started), started)
	}
	for id, byBody := range started {
		if len(byBody) != 1 {
			t.Fatalf("starts with both bodies were accepted: %v", byBody)
		}
		w.await(t, id, nil, "succeeded")
		for body := range byBody {
			name := []string{"a", "b"}[body]
			if byBody[body] != 50 {
				t.Errorf("%d of 50 starts with the body of the job were accepted", byBody[body])
			}
			for i, r := range w.results(t, id, "") {
				if r.Ref != fmt.Sprint(name, i) || r.Status != "succeeded" {
					t.Errorf("result %d of the job of body %s: %+v", i, name, r)
				}
			}
		}
	}
}

// A front-end has five jobs at a time. The places of ended jobs are free.
func TestFiveJobsOfAFrontEnd(t *testing.T) {
	w := startWith(t)
	w.pause(t)
	answers := atOnce(t, 50, func(i int) (answer, error) {
		return w.send(http.MethodPost, "/user-creations", "application/x-ndjson", creations(fmt.Sprint("c", i, "x"), 3), "Idempotency-Key", fmt.Sprint(i))
	})
	var ids []string
	for _, a := range answers {
		if a.status == http.StatusTooManyRequests && a.code() == "too-many-jobs" {
			if a.header.Get("Retry-After") == "" {
				t.Error("a refusal has no Retry-After")
			}
			continue
		}
		var j job
		want(t, a, http.StatusAccepted, "").into(t, &j)
		ids = append(ids, j.ID)
	}
	slices.Sort(ids)
	if len(slices.Compact(ids)) != 5 {
		t.Fatalf("%d jobs were started", len(ids))
	}
	w.begin(t, "/user-creations", creations("other", 1), frontEndHeader, "help-desk") // another front-end has its own places
	w.resume(t)
	for _, id := range ids {
		w.await(t, id, nil, "succeeded")
	}
	w.begin(t, "/user-creations", creations("later", 1))
}

// The same key with other options is another request.
func TestAKeyCoversTheOptions(t *testing.T) {
	w := startWith(t)
	records := `{"email":"ada@example.com"}`
	first := w.begin(t, "/user-deletions", records, "Idempotency-Key", "k")
	if again := w.begin(t, "/user-deletions?if_signed_in=skip", records, "Idempotency-Key", "k"); again.ID != first.ID {
		t.Error("the default of an option makes another job")
	}
	want(t, w.post(t, "/user-deletions?if_signed_in=delete", records, "Idempotency-Key", "k"), http.StatusUnprocessableEntity, "idempotency-key-reused")
	if other := w.begin(t, "/user-deletions", records, "Idempotency-Key", "k", frontEndHeader, "help-desk"); other.ID == first.ID {
		t.Error("two front-ends share a job")
	}
}

// Requests that are wrong as a whole start nothing.
func TestBadRequestsStartNothing(t *testing.T) {
	w := startWith(t)
	for name, tt := range map[string]struct {
		body, contentType string
		status            int
		code              string
	}{
		"JSON":               {`{"email":"a@example.com"}`, "application/json", 415, "unsupported-media-type"},
		"a byte order mark":  {"\ufeff" + creations("m", 1), "application/x-ndjson", 400, "invalid-json"},
		"empty lines only":   {"\n\r\n", "application/x-ndjson", 400, "invalid-request"},
		"too many lines":     {lines(10_001, func(int) string { return "{}" }), "application/x-ndjson", 413, "body-too-large"},
		"too many bytes":     {fmt.Sprintf("%-4000001s", "{}"), "application/x-ndjson", 413, "body-too-large"},
		"another parameter?": {creations("p", 1), "application/x-ndjson", 400, "invalid-request"},
	} {
		target := "/user-creations"
		if name == "another parameter?" {
			target += "?colour=red"
		}
		got, err := w.send(http.MethodPost, target, tt.contentType, tt.body)
		if err != nil {
			t.Fatal(err)
		}
		if got.status != tt.status || got.code() != tt.code {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	want(t, w.call(t, http.MethodPost, "/user-exports", `{}`), http.StatusBadRequest, "invalid-request")
	if got := w.call(t, http.MethodGet, "/jobs", ""); string(got.body) != "{\"jobs\":[]}\n" && string(got.body) != `{"jobs":[]}` {
		t.Errorf("there are jobs: %s", got.body)
	}
	full := w.begin(t, "/user-creations", lines(10_000, func(int) string { return "{}" }))
	if done := w.await(t, full.ID, nil, "succeeded"); done.Failed != 10_000 {
		t.Errorf("a job of bad lines ended with %+v", done.counts)
	}
}
