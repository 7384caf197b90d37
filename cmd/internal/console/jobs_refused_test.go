package console_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"usher/cmd/internal/console"
	"usher/cmd/internal/console/usher"
	"usher/test/testkit"
)

// statuses are those of the problems that the tests send.
var statuses = map[string]int{
	"too-many-jobs": 429, "job-not-started": 503, "results-erased": 410, "job-not-found": 404, "job-decided": 409, "no-such-route": 404,
	"not-authenticated-or-no-such-route": 403, "forbidden": 403,
}

// What a refused route can answer in place of a problem.
const (
	keepPage = "a redirect to an address without a page"
	endless  = "results without an end"
)

// newRefusingWorld has something between the console and the service. refuse makes it answer a route with a
// problem, after some calls that it lets through.
func newRefusingWorld(t *testing.T) (w *world, refuse func(route, code string, after int)) {
	t.Helper()
	var (
		mu      sync.Mutex
		refused struct {
			route, code string
			after       int
		}
		service *url.URL
	)
	answer := func(rw http.ResponseWriter, r *http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		method, path, _ := strings.Cut(refused.route, " ")
		if refused.route == "" || r.Method != method || !strings.Contains(r.URL.Path+" ", path) {
			return false
		}
		if refused.after--; refused.after >= 0 {
			return false
		}
		switch refused.code {
		case endless:
			_, _ = rw.Write([]byte(`{"results":[{"index":0,"status":"succeeded","user":{"id":"x"}}],"next":"more"}`))
			return true
		case keepPage:
			rw.Header().Set("Location", "http://"+r.Context().Value(http.LocalAddrContextKey).(net.Addr).String()+"/nothing")
			rw.WriteHeader(http.StatusFound)
			return true
		}
		rw.Header().Set("Content-Type", "application/problem+json")
		rw.WriteHeader(statuses[refused.code])
		_, _ = rw.Write([]byte(`{"code":"` + refused.code + `","request_id":"the-request"}`))
		return true
	}
	between := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch {
		case answer(rw, r):
		case r.URL.Path == "/nothing":
			rw.WriteHeader(http.StatusNoContent) // so that a browser stays where it is
		default:
			httputil.NewSingleHostReverseProxy(service).ServeHTTP(rw, r)
		}
	}))
	t.Cleanup(between.Close)
	w = newWorld(t, func(o *console.Options) { o.Usher = usher.New(between.URL, testkit.Patience, nil) })
	service, err := url.Parse(w.service)
	if err != nil {
		t.Fatal(err)
	}
	return w, func(route, code string, after int) {
		mu.Lock()
		defer mu.Unlock()
		refused.route, refused.code, refused.after = route, code, after
	}
}

// Refusals of Usher are told in words, with the request's ID.
func TestRefusedJobs(t *testing.T) {
	w, refuse := newRefusingWorld(t)
	b := w.staff(adminEmail)
	job := b.startJob("user-creations")
	preview := b.upload("user-creations", "x.csv", "email\nother@example.com\n")
	plan, exported := b.startJob("user-deletions"), b.startJob("user-exports")
	export := func() page {
		return b.post("/exports", url.Values{"key": {b.get("/new-job/user-exports").key("/exports")}})
	}
	tests := map[string]struct {
		route, code string
		send        func() page
		want        string
	}{
		"no jobs at the gateway":   {"GET /jobs ", "not-authenticated-or-no-such-route", func() page { return b.get("/jobs") }, "This stack has no jobs"},
		"no jobs at the service":   {"GET /jobs ", "no-such-route", func() page { return b.get("/jobs") }, "This stack has no jobs"},
		"no permission":            {"GET /jobs ", "forbidden", func() page { return b.get("/jobs") }, "The console itself has no permission"},
		"no start":                 {"POST /user-creations", "not-authenticated-or-no-such-route", func() page { return b.start(preview) }, "This stack has no jobs"},
		"too many":                 {"POST /user-creations", "too-many-jobs", func() page { return b.start(preview) }, "Five jobs of the console have not ended"},
		"not started":              {"POST /user-creations", "job-not-started", func() page { return b.start(preview) }, "which starts it once"},
		"too many exports":         {"POST /user-exports", "too-many-jobs", export, "Five jobs of the console have not ended"},
		"erased":                   {"GET /results", "results-erased", func() page { return b.get(job) }, "The records and results of this job are erased."},
		"erased before a download": {"GET /results", "results-erased", func() page { return b.get(job + "/lines?status=failed") }, "are erased."},
		"erased before an export":  {"GET /results", "results-erased", func() page { return b.get(exported + "/users") }, "are erased."},
		"expired":                  {"GET /jobs/", "job-not-found", func() page { return b.get(job) }, "There is no such job."},
		"confirmed by a colleague": {"DELETE /jobs/", "job-decided", func() page { return b.post(plan+"/cancel", nil) }, "was confirmed in the meantime"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			refuse(tt.route, tt.code, 0)
			tt.send().has(t, tt.want, "<code>the-request</code>")
		})
	}
	refuse("", "", 0)
	b.start(preview).has(t, "1 job is started.")
}

// A download that fails in the middle does not look complete, and one has an end.
func TestCutDownload(t *testing.T) {
	w, refuse := newRefusingWorld(t)
	b := w.staff(adminEmail)
	job := b.startJob("user-exports")
	refuse("GET /results", endless, 0)
	resp, err := b.http.Do(b.request("GET", w.url+job+"/users", nil))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if text, err := io.ReadAll(resp.Body); err == nil || resp.StatusCode != http.StatusOK {
		t.Errorf("%d %d bytes without an error", resp.StatusCode, len(text))
	}
	if !strings.Contains(w.log.String(), "too many results") {
		t.Errorf("the log lacks the reason: %s", w.log)
	}
}
