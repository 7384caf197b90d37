package console_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/cmd/internal/console"
	"usher/cmd/internal/console/usher"
	"usher/test/testkit"
)

// statuses are those of the problems that the tests send.
var statuses = map[string]int{
	"too-many-jobs": 429, "job-not-started": 503, "results-erased": 410, "job-not-found": 404, "job-decided": 409, "no-such-route": 404,
	"not-authenticated-or-no-such-route": 403, "forbidden": 403, "internal": 500,
}

// What a refused route can answer in place of a problem.
const (
	keepPage = "a redirect to an address without a page"
	endless  = "results without an end"
)

// refuser is between the console and the service, and answers calls of a route in the service's place.
type refuser struct {
	service *url.URL

	mu          sync.Mutex
	route, code string
	after       int    // how many calls it still lets through
	then        func() // is called with each answer
}

// refuse makes it answer a route with a problem, after some calls that it lets through.
func (f *refuser) refuse(route, code string, after int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.route, f.code, f.after = route, code, after
}

func (f *refuser) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case f.answers(w, r):
	case r.URL.Path == "/nothing":
		w.WriteHeader(http.StatusNoContent) // so that a browser stays where it is
	default:
		httputil.NewSingleHostReverseProxy(f.service).ServeHTTP(w, r)
	}
}

func (f *refuser) answers(w http.ResponseWriter, r *http.Request) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	method, path, _ := strings.Cut(f.route, " ")
	if f.route == "" || r.Method != method || !strings.Contains(r.URL.Path+" ", path) {
		return false
	}
	if f.after--; f.after >= 0 {
		return false
	}
	if f.then != nil {
		f.then()
	}
	switch f.code {
	case endless:
		_, _ = w.Write([]byte(`{"results":[{"index":0,"status":"succeeded","user":{"id":"x"}}],"next":"more"}`))
	case keepPage:
		w.Header().Set("Location", "http://"+r.Host+"/nothing")
		w.WriteHeader(http.StatusFound)
	default:
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(statuses[f.code])
		_, _ = w.Write([]byte(`{"code":"` + f.code + `","request_id":"the-request"}`))
	}
	return true
}

// newRefusingWorld has a refuser, which lets everything through at first.
func newRefusingWorld(t *testing.T) (*world, *refuser) {
	t.Helper()
	f := &refuser{}
	between := httptest.NewServer(f)
	t.Cleanup(between.Close)
	w := newWorld(t, func(o *console.Options) { o.Usher = usher.New(between.URL, testkit.Patience, nil) })
	var err error
	if f.service, err = url.Parse(w.service); err != nil {
		t.Fatal(err)
	}
	return w, f
}

// Refusals of Usher are told in words, with the request's ID.
func TestRefusedJobs(t *testing.T) {
	w, between := newRefusingWorld(t)
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
			between.refuse(tt.route, tt.code, 0)
			tt.send().has(t, tt.want, "<code>the-request</code>")
		})
	}
	const unknown, again = "It is unknown whether this was done.", "You can repeat it: nothing is done twice."
	for route, read := range map[string]func() page{
		"GET /jobs ":   func() page { return b.get("/jobs") },
		"GET /jobs/":   func() page { return b.get(job) },
		"GET /results": func() page { return b.get(job + "/lines?status=failed") },
	} {
		between.refuse(route, "internal", 0)
		page := read()
		page.has(t, "Load the page again")
		page.lacks(t, unknown, again)
	}
	for route, change := range map[string]func() page{
		"POST /user-creations": func() page { return b.start(preview) },
		"POST /user-exports":   export,
		"DELETE /jobs/":        func() page { return b.post(plan+"/cancel", nil) },
	} {
		between.refuse(route, "internal", 0)
		change().has(t, unknown, again)
	}
	between.refuse("", "", 0)
	b.start(preview).has(t, "1 job is started.")
}

// A download that fails in the middle does not look complete. It has an end, and it ends for a person who is
// no longer staff.
func TestCutDownload(t *testing.T) {
	tests := map[string]struct {
		then func(w *world) func()
		want string
	}{
		"without an end": {func(*world) func() { return nil }, "too many results"},
		"a removed role": {func(w *world) func() {
			return func() {
				w.setUser(adminID, map[string]any{"blocked": true})
				w.clock.Advance(time.Minute)
			}
		}, "This account is blocked"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w, between := newRefusingWorld(t)
			b := w.staff(adminEmail)
			job := b.startJob("user-exports")
			between.then = tt.then(w)
			between.refuse("GET /results", endless, 0)
			resp, err := b.http.Do(b.request("GET", w.url+job+"/users", nil))
			if err == nil { // otherwise the connection has ended before the first byte
				defer resp.Body.Close()
				_, err = io.Copy(io.Discard, resp.Body)
			}
			if err == nil {
				t.Error("the download seems to be complete")
			}
			if !strings.Contains(w.log.String(), tt.want) {
				t.Errorf("the log lacks the reason: %s", w.log)
			}
		})
	}
}
