package auth0

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"usher/internal/problem"
	"usher/localtenant"
	"usher/localtenant/tenanttest"
	"usher/test/testkit"
)

const keysRoute = "GET /.well-known/jwks.json"

var both = Needs{Token: true, Keys: true}

func TestPrepare(t *testing.T) {
	tests := map[string]struct {
		needs Needs
		want  map[string]int
	}{
		"nothing": {Needs{}, map[string]int{}},
		"a token": {Needs{Token: true}, map[string]int{tokenRoute: 1}},
		"keys":    {Needs{Keys: true}, map[string]int{keysRoute: 1}},
		"both":    {both, map[string]int{tokenRoute: 1, keysRoute: 1}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tenant := tenanttest.Start(t)
			c, _ := newClient(holding(credentialsAt(tenant.URL, localtenant.ClientSecret)), newClock())
			if err := c.Prepare(t.Context(), tt.needs); err != nil {
				t.Fatal(err)
			}
			stats := tenant.Tenant.Stats()
			if stats.Routes[tokenRoute] != tt.want[tokenRoute] || stats.Routes[keysRoute] != tt.want[keysRoute] || stats.Requests != len(tt.want) {
				t.Errorf("%+v, want %v", stats, tt.want)
			}
		})
	}
}

func TestPrepareFailsWithoutASecret(t *testing.T) {
	s := holding(credentialsAt("tenant.example.com", "s3cr3t"))
	s.err = problem.ServiceUnavailable.Wrap(errRefused, "No.")
	c, _ := newClient(s, newClock())
	wantKind(t, c.Prepare(t.Context(), both), problem.ServiceUnavailable, "connection refused")
}

// A failure costs one request each, takes nothing from the retry budget, and has no effect on the next
// request, however soon it comes.
func TestAFailedPreparationHasNoEffect(t *testing.T) {
	for name, fault := range map[string]localtenant.Fault{
		"unavailable": {Status: 503},
		"throttled":   {Status: 429},
		"refused":     {Status: 401},
		"cut off":     {Kind: localtenant.FaultReset},
	} {
		t.Run(name, func(t *testing.T) {
			tenant := tenanttest.Start(t)
			c, _ := newClient(holding(credentialsAt(tenant.URL, localtenant.ClientSecret)), newClock())
			before := budgetOf(t, c)
			tenant.Tenant.Fail(fault)
			if err := c.Prepare(t.Context(), both); err == nil {
				t.Fatal("the preparation does not fail")
			}
			if stats := tenant.Tenant.Stats(); stats.Routes[tokenRoute] != 1 || stats.Routes[keysRoute] != 1 {
				t.Errorf("%+v", stats)
			}
			if after := budgetOf(t, c); after != before {
				t.Errorf("the retry budget is %v, and was %v", after, before)
			}
			tenant.Tenant.ClearFaults()
			if _, err := c.Users().User(t.Context(), ada); err != nil {
				t.Errorf("the first request fails: %v", err)
			}
			if err := c.signingKeys(credentialsAt(tenant.URL, "")).Ready(t.Context()); err != nil {
				t.Errorf("the keys are not fetched: %v", err)
			}
		})
	}
}

func budgetOf(t *testing.T, c *Client) float64 {
	t.Helper()
	b := c.plain.Transport.(tokenAnswers).next.(*retrier).budget
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.left
}

// Even if the provider hangs, the preparation ends at its deadline, and no request runs on.
func TestPrepareEndsAtItsDeadline(t *testing.T) {
	for name, needs := range map[string]Needs{"a token": {Token: true}, "keys": {Keys: true}, "both": both} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const within, toEnd = 2 * time.Second, time.Millisecond
				var running atomic.Int64
				hanging := roundTrip(func(r *http.Request) (*http.Response, error) {
					running.Add(1)
					defer running.Add(-1)
					<-r.Context().Done()
					time.Sleep(toEnd)
					return nil, r.Context().Err()
				})
				c, _ := newClient(holding(credentialsAt("tenant.example.com", "s3cr3t")), newClock(), func(o *Options) {
					o.Transport, o.Deadline, o.Now = hanging, usualDeadline, time.Now
				})
				ctx, cancel := context.WithTimeout(t.Context(), within)
				defer cancel()
				begun := time.Now()
				if err := c.Prepare(ctx, needs); err == nil {
					t.Error("the preparation does not fail")
				}
				if took := time.Since(begun); took < within || took > within+2*toEnd || running.Load() != 0 {
					t.Errorf("after %v, %d requests run", took, running.Load())
				}
			})
		})
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// handshakes counts the TLS handshakes of a server, and which of them resumed a session.
type handshakes struct {
	mu      sync.Mutex
	resumed []bool
}

func (h *handshakes) note(s tls.ConnectionState) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.resumed = append(h.resumed, s.DidResume)
	return nil
}

func (h *handshakes) all() []bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.resumed)
}

// After the preparation, the first request only sends its own call. So does one after ten minutes in which
// the process was frozen: on a new connection, which resumes the session.
func TestRequestsAfterPrepareAndAFreeze(t *testing.T) {
	for name, version := range map[string]uint16{"TLS 1.3": tls.VersionTLS13, "TLS 1.2": tls.VersionTLS12} {
		t.Run(name, func(t *testing.T) {
			clock, seen := newClock(), &handshakes{}
			tenant := tenanttest.Start(t)
			server := httptest.NewUnstartedServer(tenant.Tenant)
			server.EnableHTTP2 = true
			server.TLS = &tls.Config{MaxVersion: version, VerifyConnection: seen.note}
			server.StartTLS()
			defer server.Close()
			below := newTransport(clock.Now, testkit.Patience)
			below.TLSClientConfig.RootCAs = server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
			domain := server.Listener.Addr().String()
			c, _ := newClient(holding(credentialsAt(domain, localtenant.ClientSecret)), clock, func(o *Options) {
				o.Transport, o.ManagementAudience = below, tenant.URL+"/api/v2/"
			})
			if err := c.Prepare(t.Context(), both); err != nil {
				t.Fatal(err)
			}
			for _, step := range []struct {
				pause time.Duration
				want  []bool
			}{{0, []bool{false}}, {10 * time.Minute, []bool{false, true}}, {time.Second, []bool{false, true}}} {
				clock.Advance(step.pause)
				tenant.Tenant.ResetStats()
				if _, err := c.Users().User(t.Context(), ada); err != nil {
					t.Fatal(err)
				}
				if stats := tenant.Tenant.Stats(); stats.Requests != 1 || stats.Tokens != 0 {
					t.Errorf("after %v: %+v", step.pause, stats)
				}
				if got := seen.all(); !slices.Equal(got, step.want) {
					t.Errorf("after %v, the handshakes resumed: %v, want %v", step.pause, got, step.want)
				}
			}
		})
	}
}
