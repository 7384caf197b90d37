//go:build chaos

package outage

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"usher/test/contract"
	"usher/test/testkit/traffic"
)

// share is the share of calls that fail, and least the share of repeatable requests that succeed.
const (
	share = 0.05
	least = 0.995
)

// TestRandomFailures fails one call in twenty: by 503, by 429, or by a reset before or after its effect.
func TestRandomFailures(t *testing.T) {
	p := startProvider(t)
	maker := newMaker(t, p)
	repeatable := repeatableKinds(t, p, maker)
	failures := 0
	p.reset(randomly(&failures))
	f := startFleet(t, p.server.URL, *processes)
	results := f.run(number(t), func(operation string, n int) (traffic.Request, error) {
		r, err := maker.Make(operation, n)
		return traced(r, n), err
	})

	all, failed, wrong := map[bool]int{}, map[bool]int{}, map[string]int{}
	for _, r := range results {
		kind := kindOf(r.request)
		all[repeatable[kind]]++
		switch {
		case r.err != nil:
			t.Errorf("%s: %v", kind, r.err)
		case r.Status >= http.StatusBadRequest:
			failed[repeatable[kind]]++
			wrong[fmt.Sprintf("%s: %d %s (repeatable: %v)", kind, r.Status, r.code(), repeatable[kind])]++
		default:
			if err := r.request.Holds(r.Answer); err != nil {
				t.Errorf("%s: %v", kind, err)
			}
		}
	}
	told := f.counted(t)
	for _, repeatable := range []bool{true, false} {
		t.Logf("repeatable %v: %d of %d failed", repeatable, failed[repeatable], all[repeatable])
	}
	t.Logf("%d calls, of which %d retries; the slowest request took %v", told.calls, told.retries, slowest(results))
	if succeeded := 1 - float64(failed[true])/float64(all[true]); succeeded < least && failed[true] > 1 { // one may fail of a few
		for _, what := range slices.Sorted(maps.Keys(wrong)) {
			t.Logf("%d times: %s", wrong[what], what)
		}
		t.Errorf("%.2f %% of the repeatable requests succeeded", 100*succeeded)
	}
	if seen, _, _ := p.counts(); failures == 0 {
		t.Errorf("only %d of %d calls failed: this proves nothing", failures, seen)
	}
}

// randomly fails calls by the seed, the request and the number of the call in it.
func randomly(count *int) failure {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request, call int, next http.Handler) {
		var n uint64
		_, _ = fmt.Sscanf(r.Header.Get("Traceparent")[3:35], "%x", &n)
		random := rand.New(rand.NewPCG(*seed, n*100+uint64(call)))
		if random.Float64() >= share {
			next.ServeHTTP(w, r)
			return
		}
		mu.Lock()
		*count++
		mu.Unlock()
		switch random.IntN(3) {
		case 0:
			unavailable(w, r, call, next)
		case 1:
			limited(w, r, call, next)
		default:
			reset(r, random.IntN(2) == 0, next)
		}
	}
}

// kindOf is the operation; creations under a key are apart.
func kindOf(r traffic.Request) string {
	if r.Header.Get("Idempotency-Key") != "" {
		return r.Operation + " under a key"
	}
	return r.Operation
}

// repeatableKinds tells whether the service may repeat all calls of a request after any failure: those
// that it makes on a warm service.
func repeatableKinds(t *testing.T, p *provider, maker *traffic.Maker) map[string]bool {
	t.Helper()
	kinds := map[string]bool{}
	const first = 1_000_000 // numbers that the run does not use
	for n, op := range slices.Repeat(operationsOf(t), 3) {
		r, err := maker.Make(op, first+n)
		if err != nil {
			t.Fatal(err)
		}
		r = traced(r, first+n)
		if got, err := maker.Service(r); err != nil || got.Status >= http.StatusBadRequest {
			t.Fatalf("%s: %d, %v", op, got.Status, err)
		}
		_, _, traces := p.counts()
		kinds[kindOf(r)] = !slices.ContainsFunc(traces[traceparent(first+n)], func(call string) bool { return !mayRepeat(r, call) })
	}
	for kind, want := range map[string]bool{"getuser": true, "createuser": false, "createuser under a key": true, "updateuser": false, "refreshtoken": false, "login": true, "endsessions": true} {
		if got, ok := kinds[kind]; !ok || got != want {
			t.Fatalf("%s: repeatable is %v, want %v", kind, got, want)
		}
	}
	return kinds
}

func operationsOf(t *testing.T) (ids []string) {
	for _, op := range contract.Load(t).WithoutJobs() {
		ids = append(ids, op.ID)
	}
	return ids
}

// mayRepeat reports whether the service may repeat a call. It marks two kinds of POST so.
func mayRepeat(r traffic.Request, call string) bool {
	method, path, _ := strings.Cut(call, " ")
	switch {
	case method == http.MethodPost:
		return strings.HasSuffix(path, "/revoke-access") || path == "/api/v2/users" && r.Header.Get("Idempotency-Key") != ""
	default:
		return method != http.MethodPatch
	}
}
