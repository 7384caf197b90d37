package jobs_test

import (
	"net/url"
	"testing"
	"testing/synctest"

	"usher/internal/jobs"
)

// A page has at most 2.5 MiB of results, and at least one.
func TestLargeResults(t *testing.T) {
	for size, pages := range map[int][]int{1 << 10: {6}, 800 << 10: {3, 3}, 2 << 20: {1, 1, 1, 1, 1, 1}, 3 << 20: {1, 1, 1, 1, 1, 1}} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			w.size = size
			id := w.start("/user-exports", "")
			w.work()
			query, index := "", 0
			for n, want := range pages {
				a := w.send("GET", "/jobs/"+id+"/results"+query, "")
				if len(a.job.Results) != want || (a.job.Next == "") != (n == len(pages)-1) || want > 1 && len(a.text) > 5<<19+200 {
					t.Fatalf("%d bytes each: page %d has %d results in %d bytes", size, n, len(a.job.Results), len(a.text))
				}
				for _, result := range a.job.Results {
					if result.Index != index {
						t.Errorf("the index is %d, want %d", result.Index, index)
					}
					index++
				}
				query = "?cursor=" + url.QueryEscape(a.job.Next)
			}
		})
	}
}

func TestQueriesOfResults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		id := w.start("/user-updates", lines(many(12)...)+"{}\n")
		other := w.start("/user-updates", lines(many(12)...))
		cursor := w.send("GET", "/jobs/"+id+"/results?limit=1", "").job.Next
		for query, want := range map[string]string{
			"?limit=0":                             "400 invalid-request",
			"?limit=1001":                          "400 invalid-request",
			"?status=running":                      "400 invalid-request",
			"?x=1":                                 "400 invalid-request",
			"?cursor=x":                            "400 invalid-cursor",
			"?status=pending&cursor=" + cursor:     "400 invalid-cursor",
			"?limit=1000&cursor=" + cursor:         "200 <nil>",
			"?status=" + string(jobs.RecordFailed): "200 <nil>",
		} {
			if got := w.send("GET", "/jobs/"+id+"/results"+query, "").short(); got != want {
				t.Errorf("%s: %s", query, got)
			}
		}
		if got := w.send("GET", "/jobs/"+other+"/results?cursor="+cursor, "").short(); got != "400 invalid-cursor" {
			t.Errorf("another job's cursor: %s", got)
		}
		for status, want := range map[string]int{"pending": 12, "failed": 1, "succeeded": 0, "skipped": 0, "unknown": 0, "planned": 0} {
			if got := w.results(id, status); len(got) != want {
				t.Errorf("%s: %q", status, got)
			}
		}
	})
}
