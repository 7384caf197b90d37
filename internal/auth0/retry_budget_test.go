package auth0

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"usher/internal/problem"
	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

// On an outage, an instance repeats two calls, whatever it is asked for.
func TestRetryBudgetOfAnOutage(t *testing.T) {
	for name, answer := range map[string]func(*http.Request) (*http.Response, error){
		"503": status(503), "429": status(429), "refused": refused, "reset": reset,
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{answers: []func(*http.Request) (*http.Response, error){answer}}
			tenant := s.retrier(newRetryBudget(firstRetries))
			for range 100 {
				if resp, err := tenant.RoundTrip(request(t, t.Context(), "GET")); err == nil {
					t.Fatal(resp.StatusCode)
				}
			}
			if s.retries != firstRetries || len(s.times) != 100+firstRetries || s.unpaid < 98 {
				t.Errorf("%s: %d retries in %d calls, %d refused", name, s.retries, len(s.times), s.unpaid)
			}
		})
	}
}

// Ten successful calls earn a retry, and no more than ten retries are kept.
func TestRetryBudgetIsEarned(t *testing.T) {
	for calls, want := range map[int]int{0: 2, 9: 2, 10: 3, 25: 4, 80: 10, 10_000: 10} {
		b := newRetryBudget(firstRetries)
		for range calls {
			b.earn()
		}
		got := 0
		for b.spend() {
			got++
		}
		if got != want && got != want-1 { // a tenth is not exact in binary
			t.Errorf("%d calls allow %d retries, want %d", calls, got, want)
		}
	}
}

// With one failure in twenty, every repeatable call succeeds in the end.
func TestRetryBudgetOfSingleFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		s := &script{answers: []func(*http.Request) (*http.Response, error){func(r *http.Request) (*http.Response, error) {
			if n++; n%20 == 0 {
				return status(503)(r)
			}
			return status(200)(r)
		}}}
		tenant := s.retrier(newRetryBudget(firstRetries))
		for i := range 1000 {
			if _, err := tenant.RoundTrip(request(t, t.Context(), "GET")); err != nil {
				t.Fatalf("call %d: %v", i, err)
			}
		}
	})
}

func TestRetryBudgetIsShared(t *testing.T) {
	b := newRetryBudget(mostRetries)
	var spent atomic.Int64
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			if b.spend() {
				spent.Add(1)
			}
		})
	}
	all.Wait()
	if spent.Load() != mostRetries {
		t.Errorf("%d retries from a budget of %v", spent.Load(), mostRetries)
	}
}

// The replay after a refused token counts. Without a budget the token is dropped all the same, so
// the next call succeeds.
func TestRetryBudgetOfReplays(t *testing.T) {
	tenant := tenanttest.Start(t)
	unpaid := 0
	c, _ := newClient(holding(credentialsAt(tenant.URL, localtenant.ClientSecret)), newClock(), func(o *Options) {
		o.Backoff = time.Millisecond
		o.RetryRefused = func(context.Context) { unpaid++ }
	})
	get := func() error { _, err := c.Users().User(t.Context(), ada); return err }
	for range int(firstRetries) {
		tenant.Tenant.RevokeManagementTokens()
		if err := get(); err != nil {
			t.Fatal(err)
		}
	}
	tenant.Tenant.Fail(localtenant.Fault{Route: "GET /api/v2/users/{id}", Status: 503})
	wantKind(t, get(), problem.ProviderUnavailable, "503")
	tenant.Tenant.ClearFaults()
	tenant.Tenant.RevokeManagementTokens()
	if err := get(); err == nil || unpaid != 2 {
		t.Errorf("%v, %d retries refused", err, unpaid)
	}
	if err := get(); err != nil {
		t.Errorf("after the dropped token: %v", err)
	}
}
