//go:build chaos

// Package outage runs processes of the functions' binaries while the provider is down: each request
// gets the right problem in time, and retries do not multiply the provider's load.
package outage

import (
	"context"
	"flag"
	"fmt"
	"log"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/internal/boot"
	"usher/internal/config"
	"usher/localtenant"
	"usher/test/contract"
	"usher/test/testkit/container"
	"usher/test/testkit/credentials"
	"usher/test/testkit/lambda"
	"usher/test/testkit/traffic"
)

// The numbers of processes and requests. `make chaos` has 10 processes for each operation, and 10,000
// requests in each case.
var (
	processes = flag.Int("processes", 1, "processes for each operation")
	requests  = flag.Int("requests", 0, "requests in each case; 0 for 3 to each process")
	seed      = flag.Uint64("seed", 1, "seed of the random failures")
)

const (
	redirectURI = "http://127.0.0.1:3000/callback"
	logoutURI   = "http://127.0.0.1:3000/"
)

var binaries map[string]string

func TestMain(m *testing.M) {
	flag.Parse()
	out, err := os.MkdirTemp("", "functions")
	if err != nil {
		log.Fatal(err)
	}
	if binaries, err = lambda.Binaries(context.Background(), "../..", out); err != nil {
		log.Fatal(err)
	}
	code := m.Run()
	_ = os.RemoveAll(out)
	os.Exit(code)
}

// number is the number of requests in each case.
func number(t *testing.T) int {
	if *requests > 0 {
		return *requests
	}
	return 3 * *processes * len(contract.Load(t).WithoutJobs())
}

// newMaker makes requests with what this process asks of the service.
func newMaker(t *testing.T, p *provider) *traffic.Maker {
	t.Helper()
	admin, err := traffic.NewAdmin(p.tenant)
	if err != nil {
		t.Fatal(err)
	}
	cfg := config.Config{
		Connection: localtenant.Connection, RedirectURIs: []string{redirectURI}, LogoutURIs: []string{logoutURI},
		Scopes: strings.Fields(config.DefaultScopes), Binding: config.BindingCookie,
	}
	none := slog.New(slog.DiscardHandler)
	return &traffic.Maker{Admin: admin, Service: container.New(boot.New(cfg, credentials.Of(t, p.server.URL), none, time.Now), none).Answer}
}

// traceparent names request n to the provider.
func traceparent(n int) string { return fmt.Sprintf("00-%032x-%016x-01", n+1, n+1) }

func traced(r traffic.Request, n int) traffic.Request {
	r.Header.Set("Traceparent", traceparent(n))
	return r
}

// outcome is a status, and a problem's code.
type outcome struct {
	status int
	code   string
}

// outages are the ways in which a provider is down, and what becomes of requests then.
var outages = []struct {
	name string
	fail failure
	want outcome
}{
	{"429", limited, outcome{429, "too-many-requests"}},
	{"503", unavailable, outcome{503, "provider-unavailable"}},
	{"hangs", hang, outcome{504, "provider-timeout"}},
	{"is gone", nil, outcome{503, "provider-unavailable"}},
}

// independent are the operations that call no provider.
var independent = []string{"login", "logout"}

func TestOutage(t *testing.T) {
	p := startProvider(t)
	maker := newMaker(t, p)
	operations := contract.Load(t).WithoutJobs()
	prepared := make([]traffic.Request, number(t))
	for n := range prepared {
		r, err := maker.Make(operations[n%len(operations)].ID, n)
		if err != nil {
			t.Fatal(err)
		}
		prepared[n] = traced(r, n)
	}
	prepare := func(_ string, n int) (traffic.Request, error) { return prepared[n], nil }
	for _, tt := range outages {
		t.Run(tt.name, func(t *testing.T) {
			if tt.fail == nil {
				p.refuse(t)
			}
			p.reset(tt.fail)
			f := startFleet(t, p.server.URL, *processes)
			begun := time.Now()
			results := f.run(len(prepared), prepare)
			took := time.Since(begun)
			checkOutcomes(t, results, tt.want)
			checkLoad(t, p, f, tt.fail == nil)
			t.Logf("%d processes, %d requests in %v; the slowest took %v", len(f.members), len(results), took.Round(time.Second), slowest(results))
		})
	}
}

func checkOutcomes(t *testing.T, results []result, want outcome) {
	t.Helper()
	wrong := map[string]int{}
	for _, r := range results {
		op := r.request.Operation
		got := outcome{r.Status, r.code()}
		switch {
		case r.err != nil:
			wrong[fmt.Sprintf("%s: %v", op, r.err)]++
		case r.took >= lambda.Timeout:
			wrong[fmt.Sprintf("%s: after the deadline", op)]++
		case slices.Contains(independent, op):
			if r.Status != http.StatusFound {
				wrong[fmt.Sprintf("%s: %v, want 302", op, got)]++
			}
		case got != want:
			wrong[fmt.Sprintf("%s: %v, want %v", op, got, want)]++
		}
	}
	for _, what := range slices.Sorted(maps.Keys(wrong)) {
		t.Errorf("%d times: %s", wrong[what], what)
	}
}

// checkLoad compares the load of the provider with that without retries. Without them, a request that
// calls the provider makes its first call only, since that fails. A process starts with a budget of two
// retries, so only with enough requests to each process the load is at most 1.1 times as high.
func checkLoad(t *testing.T, p *provider, f *fleet, gone bool) {
	t.Helper()
	seen, tokens, traces := p.counts()
	without := len(traces)
	if gone { // the functions tell what they tried
		told := f.counted(t)
		seen, tokens, without = told.calls, told.tokens, told.calls-told.retries
	}
	ratio := float64(seen) / float64(without)
	t.Logf("the provider saw %d requests (%d for tokens), %d without retries: %.3f times", seen, tokens, without, ratio)
	if without == 0 || seen-without > 2*len(f.members) {
		t.Errorf("%d retries of %d processes", seen-without, len(f.members))
	}
	if number(t) >= 23*len(f.members) && ratio > 1.1 {
		t.Errorf("the provider saw %.3f times the requests", ratio)
	}
}

func slowest(results []result) (most time.Duration) {
	for _, r := range results {
		most = max(most, r.took)
	}
	return most.Round(time.Millisecond)
}
