//go:build chaos

package chaos

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strings"
	"testing"

	"usher/localtenant"
	"usher/test/testkit/traffic"
)

// Each check finds what it is for: the service or the tenant is broken in one way, and the run fails.
func TestChecksCanFail(t *testing.T) {
	var kept [][]byte
	block := make(chan struct{})
	t.Cleanup(func() { close(block) })
	for name, tt := range map[string]struct {
		broken sabotage
		want   string
	}{
		"a provider that creates twice":  {sabotage{provider: createTwice}, "created 2 users"},
		"a service that deletes others":  {sabotage{call: deleteAda}, "deleted another user"},
		"a success that is none":         {sabotage{answer: claims}, "claims what the tenant does not have"},
		"a log with a password":          {sabotage{log: func(traffic.Request) string { return localtenant.SamplePassword }}, "the log has a secret"},
		"a log with a client secret":     {sabotage{log: func(traffic.Request) string { return localtenant.ClientSecret }}, "the log has a secret"},
		"an answer with a client secret": {sabotage{answer: leaksSecret}, "the answer has a secret"},
		"an answer after the deadline":   {sabotage{late: usualTime}, "answered after"},
		"a goroutine that never ends":    {sabotage{leak: func() { go func() { <-block }() }}, "goroutines at idle"},
		"memory that is never freed":     {sabotage{leak: func() { kept = append(kept, make([]byte, 100<<10)) }}, "bytes of heap at idle"},
		"files that stay":                {sabotage{leak: leakFile(t)}, "descriptors at idle"},
		"a provider that refuses":        {sabotage{provider: refuse}, "failed without a fault"},
	} {
		t.Run(name, func(t *testing.T) {
			const n = 250
			was := *requests
			*requests = n
			defer func() { *requests = was }()
			found, _ := run(t, *seed, n, 8, tt.broken)
			for _, v := range found {
				if strings.Contains(v.what, tt.want) {
					return
				}
			}
			t.Errorf("%d violations, none that says %q", len(found), tt.want)
		})
	}
	_ = kept
}

// createTwice creates a second user with the same name for each creation.
func createTwice(tenant http.Handler, _ *localtenant.Tenant) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && r.URL.Path == "/api/v2/users" {
			body, _ := io.ReadAll(r.Body)
			again := r.Clone(r.Context())
			again.Body = io.NopCloser(strings.NewReader(strings.NewReplacer(`"created-`, `"again-`, `"user_id":"`, `"user_id":"x`).Replace(string(body))))
			again.ContentLength = -1
			tenant.ServeHTTP(httptest.NewRecorder(), again)
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		tenant.ServeHTTP(w, r)
	})
}

// deleteAda makes a call for another user of each deletion, as a confused service would send it.
func deleteAda(r *http.Request) {
	if r.Method == http.MethodDelete && strings.HasPrefix(r.URL.Path, "/api/v2/users/") {
		r.URL.Path, r.URL.RawPath = "/api/v2/users/auth0|65e19a100000000000000001", ""
	}
}

// claims makes a success of each failure.
func claims(_ traffic.Request, a traffic.Answer) traffic.Answer {
	if a.Status >= http.StatusInternalServerError {
		a.Status, a.Body = http.StatusOK, "{}"
	}
	return a
}

func leaksSecret(_ traffic.Request, a traffic.Answer) traffic.Answer {
	a.Body += localtenant.ClientSecret
	return a
}

// refuse answers 404 to each list of users.
func refuse(tenant http.Handler, _ *localtenant.Tenant) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/v2/users" && r.Method == http.MethodGet {
			http.NotFound(w, r)
			return
		}
		tenant.ServeHTTP(w, r)
	})
}

// leakFile opens a file for each request.
func leakFile(t *testing.T) func() {
	return func() {
		file, err := os.Open(os.DevNull)
		if err == nil {
			t.Cleanup(func() { _ = file.Close() })
		}
	}
}

// The shortest run that fails is found by running the first steps again.
func TestShortest(t *testing.T) {
	runs := 0
	fails := func(n int) bool { runs++; return n >= 37 }
	if n, ok := shortest(50, 1000, fails); n != 37 || !ok || runs > 10 {
		t.Errorf("%d, %v after %d runs", n, ok, runs)
	}
	if n, ok := shortest(5, 1000, fails); n != 37 || !ok {
		t.Errorf("%d, %v", n, ok)
	}
	if _, ok := shortest(5, 30, fails); ok {
		t.Error("a run that does not fail is found")
	}
}

// A step follows from the seed and its number.
func TestSteps(t *testing.T) {
	kinds := map[localtenant.FaultKind]bool{}
	others := 0
	for n := range 5_000 {
		s := stepOf(7, n)
		if !reflect.DeepEqual(s, stepOf(7, n)) {
			t.Fatalf("step %d: %+v", n, s)
		}
		if s.operation != stepOf(8, n).operation {
			others++
		}
		for _, f := range s.faults {
			kinds[f.Kind] = true
		}
	}
	if len(kinds) != 7 || others < 4_000 {
		t.Errorf("the kinds %v; %d steps are other ones with another seed", kinds, others)
	}
}
