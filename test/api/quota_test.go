package api

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"usher/internal/quota"
	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

// The service's plans and the tenant's tables agree about every endpoint.
func TestPlansAgree(t *testing.T) {
	tenant := tenanttest.Start(t)
	endpoints := 0
	for _, named := range localtenant.Plans {
		plan, err := quota.Parse(string(named))
		if named == localtenant.PlanNone {
			plan, err = quota.Parse("")
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, route := range tenant.Tenant.Routes() {
			method, path, _ := strings.Cut(route.Pattern, " ")
			if strings.Contains(path, "_tenant") {
				continue
			}
			var want quota.Bucket
			if limits := named.LimitsOf(route.Pattern); len(limits) > 0 && strings.HasPrefix(path, "/api/v2/") {
				last := limits[len(limits)-1]
				want = quota.Bucket{Burst: float64(last.Burst), Rate: float64(last.Rate) / last.Per.Seconds()}
				endpoints++
			}
			_, got, _ := plan.Bucket(method, path)
			if got.Burst != want.Burst || got.Rate != want.Rate {
				t.Errorf("%s: %s has a burst of %v and a rate of %v, want %v and %v", named, route.Pattern, got.Burst, got.Rate, want.Burst, want.Rate)
			}
		}
	}
	if endpoints < 100 {
		t.Errorf("only %d endpoints were compared", endpoints)
	}
}

// onPlan freezes the clocks, so that no bucket refills.
func onPlan(plan localtenant.Plan) func(*setup) {
	at := time.Now()
	now := func() time.Time { return at }
	return func(s *setup) {
		s.config.Plan, _ = quota.Parse(string(plan))
		s.now = now
		s.tenant = append(s.tenant, func(o *localtenant.Options) { o.Now = now })
	}
}

// limited gives the tenant rate limits.
func (s *service) limited(t *testing.T, plan localtenant.Plan, headers localtenant.LimitHeaders, sharedDeletes bool) {
	t.Helper()
	s.calm(t)
	if err := s.tenant.Tenant.Configure(func(c *localtenant.Settings) {
		c.Plan, c.LimitHeaders, c.SharedDeletes = plan, headers, sharedDeletes
	}); err != nil {
		t.Fatal(err)
	}
}

// until sends requests until one is refused, and returns how many passed.
func (s *service) until(t *testing.T, code string, send func() answer) int {
	t.Helper()
	for n := range 100 {
		got := send()
		if got.status < 300 {
			continue
		}
		wantAnswer(t, got, 429, code)
		after, err := strconv.Atoi(got.header.Get("Retry-After"))
		if err != nil || after < 1 || after > 60 {
			t.Errorf("Retry-After is %q", got.header.Get("Retry-After"))
		}
		return n
	}
	t.Fatal("no request was refused")
	return 0
}

// Each class leaves the more important ones their reserve, so nothing urgent meets a limit.
func TestReservesForMoreImportantRequests(t *testing.T) {
	const burst = 50
	for _, headers := range []localtenant.LimitHeaders{localtenant.LimitHeadersNext, localtenant.LimitHeadersFull} {
		t.Run(string(headers), func(t *testing.T) {
			asDeployed(t, func(t *testing.T, s *service) {
				s.limited(t, localtenant.PlanEnterprise, headers, false)
				id := s.addUser(localtenant.User{})
				reads := s.until(t, "provider-budget", func() answer { return s.as(t, "GET", "/users/"+id, "") })
				changes := s.until(t, "provider-budget", func() answer { return s.as(t, "PATCH", "/users/"+id, `{"name":"Me"}`) })
				wantAnswer(t, s.as(t, "PUT", "/blocks/"+id, ""), 200, "")
				calls := s.managementCalls()
				if left := burst - reads; left < burst/4 || left > 30 {
					t.Errorf("%d reads passed", reads)
				}
				if left := burst - reads - changes; left < burst/10 || left > 15 {
					t.Errorf("after %d reads and %d changes %d calls are left", reads, changes, left)
				}
				refused := s.as(t, "GET", "/users/"+id, "")
				wantAnswer(t, refused, 429, "provider-budget")
				if again := s.managementCalls(); again != calls {
					t.Errorf("a refused request made %d calls", again-calls)
				}
				if !strings.Contains(s.log.String(), `"over_quota":1`) {
					t.Error("the log does not count the refused calls")
				}
			}, onPlan(localtenant.PlanEnterprise))
		})
	}
}

func (s *service) managementCalls() (n int) {
	for route, calls := range s.tenant.Tenant.Stats().Routes {
		if strings.Contains(route, " /api/v2/") {
			n += calls
		}
	}
	return n
}

// Without headers the service knows a limit only by meeting it.
func TestNoHeadersOfLimits(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		s.limited(t, localtenant.PlanEnterprise, localtenant.LimitHeadersNone, false)
		id := s.addUser(localtenant.User{})
		if passed := s.until(t, "too-many-requests", func() answer { return s.as(t, "GET", "/users/"+id, "") }); passed != 50 {
			t.Errorf("%d reads passed, want 50", passed)
		}
		wantAnswer(t, s.as(t, "GET", "/users/"+id, ""), 429, "provider-budget")
	}, onPlan(localtenant.PlanEnterprise))
}

// Each bucket has its estimate: what one row of the table limits leaves the others alone.
func TestRowsOfASelfServicePlan(t *testing.T) {
	for _, shared := range []bool{false, true} {
		t.Run(fmt.Sprint("shared deletes ", shared), func(t *testing.T) {
			asDeployed(t, func(t *testing.T, s *service) {
				s.limited(t, localtenant.PlanSelfService, localtenant.LimitHeadersNext, shared)
				id := s.addUser(localtenant.User{})
				changes := s.until(t, "provider-budget", func() answer { return s.as(t, "PATCH", "/users/"+id, `{"name":"Me"}`) })
				if changes < 12 || changes > 18 { // of 20, with a reserve of 2
					t.Errorf("%d changes passed", changes)
				}
				wantAnswer(t, s.as(t, "GET", "/users/"+id, ""), 200, "")
				wantAnswer(t, s.as(t, "GET", "/roles", ""), 200, "")
				gone := s.addUser(localtenant.User{})
				wantAnswer(t, s.as(t, "DELETE", "/users/"+gone, ""), 204, "") // the first one, whose bucket is unknown
			}, onPlan(localtenant.PlanSelfService))
		})
	}
}

func TestConnectionsAreCached(t *testing.T) {
	at := time.Now()
	asDeployed(t, func(t *testing.T, s *service) {
		s.calm(t)
		count := func() int { return s.tenant.Tenant.Stats().Routes["GET /api/v2/clients/{id}/connections"] }
		for _, step := range []struct {
			later time.Duration
			calls int
		}{{0, 1}, {0, 1}, {59 * time.Second, 1}, {time.Second, 2}, {-2 * time.Minute, 3}} {
			at = at.Add(step.later)
			wantAnswer(t, s.as(t, "GET", "/connections", ""), 200, "")
			if got := count(); got != step.calls {
				t.Errorf("after %v: %d calls, want %d", step.later, got, step.calls)
			}
		}
	}, func(s *setup) {
		s.config.ConnectionsAge = 0 // the usual one
		s.now = func() time.Time { return at }
	})
}
