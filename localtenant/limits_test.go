package localtenant_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

func TestLimitsTable(t *testing.T) {
	var b strings.Builder
	b.WriteString("| plan | limit | endpoints | burst | sustained |\n|---|---|---|--:|--:|\n")
	for _, l := range localtenant.Limits {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %d | %s |\n", l.Plan, l.Name, code(l.Routes), l.Burst, l.Sustained())
	}
	wantTable(t, "limits", b.String())
}

func code(routes []string) string {
	if len(routes) == 0 {
		return ""
	}
	return "`" + strings.Join(routes, "`, `") + "`"
}

// limitedRoutes are a request for each row: the routes of the tables, and one for an API as a whole.
func limitedRoutes(l localtenant.Limit) []string {
	switch {
	case l.Routes != nil:
		return l.Routes
	case l.Name == "Authentication API":
		return []string{"GET /authorize"}
	}
	// Below /users, but not in the rows about users.
	return []string{"GET /api/v2/users/{id}/roles", "DELETE /api/v2/user-blocks/{id}", "POST /api/v2/tickets/password-change"}
}

// caller sends requests whose status, but for 429, does not matter.
type caller struct {
	t     *testing.T
	s     *tenanttest.Server
	clock clock
}

func (c caller) call(pattern string) *http.Response {
	c.t.Helper()
	method, path, _ := strings.Cut(pattern, " ")
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.s.URL+strings.ReplaceAll(path, "{id}", "auth0%7Cx"), nil)
	if err != nil {
		c.t.Fatal(err)
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		c.t.Fatal(err)
	}
	resp.Body.Close()
	return resp
}

// drain calls a route until it is refused, and returns the number of calls before.
func (c caller) drain(pattern string) (calls int) {
	for c.call(pattern).StatusCode != http.StatusTooManyRequests {
		if calls++; calls > 1000 {
			c.t.Fatalf("%s is not limited", pattern)
		}
	}
	return calls
}

func startLimited(t *testing.T, plan localtenant.Plan, change func(*localtenant.Settings)) caller {
	t.Helper()
	now := newClock()
	s := tenanttest.Start(t, now.option, empty, func(o *localtenant.Options) { o.Plan = plan })
	if change != nil {
		configure(t, s, change)
	}
	return caller{t, s, now}
}

func TestEachLimit(t *testing.T) {
	for _, l := range localtenant.Limits {
		for _, route := range limitedRoutes(l) {
			t.Run(string(l.Plan)+" "+route, func(t *testing.T) {
				c := startLimited(t, l.Plan, nil)
				first := c.call(route)
				if got := first.Header.Get("X-RateLimit-Limit"); got != strconv.Itoa(l.Burst) || first.Header.Get("X-RateLimit-Remaining") != strconv.Itoa(l.Burst-1) {
					t.Fatalf("%d %v", first.StatusCode, first.Header)
				}
				if calls := c.drain(route); calls != l.Burst-1 {
					t.Errorf("%d more calls until the limit of %d", calls, l.Burst)
				}
				refused := c.call(route)
				reset, err := strconv.ParseInt(refused.Header.Get("X-RateLimit-Reset"), 10, 64)
				if err != nil || reset <= c.clock.Now().Unix() || refused.Header.Get("X-RateLimit-Remaining") != "0" {
					t.Errorf("%v", refused.Header)
				}
				const seconds = 3
				c.clock.Advance(seconds * time.Second)
				want := min(l.Burst, int(seconds*float64(l.Rate)/l.Per.Seconds()))
				if calls := c.drain(route); calls != want {
					t.Errorf("%d calls after %d s, want %d", calls, seconds, want)
				}
				c.clock.Advance(time.Hour)
				if calls := c.drain(route); calls != l.Burst {
					t.Errorf("%d calls after an hour, want %d", calls, l.Burst)
				}
			})
		}
	}
}

// Every route of the Management API is limited on every plan, and no page is.
func TestEveryRouteHasItsLimits(t *testing.T) {
	for _, r := range startLimited(t, localtenant.PlanFree, nil).s.Tenant.Routes() {
		_, path, _ := strings.Cut(r.Pattern, " ")
		for _, plan := range localtenant.Plans {
			limits := plan.LimitsOf(r.Pattern)
			management := strings.HasPrefix(path, "/api/v2/")
			page := strings.HasPrefix(path, "/u/") || strings.HasPrefix(path, "/_tenant/")
			if plan == localtenant.PlanNone && len(limits) > 0 || plan != localtenant.PlanNone && (management && len(limits) != 1 || page && len(limits) > 0) {
				t.Errorf("%s, %s: %v", plan, r.Pattern, limits)
			}
		}
	}
}

func TestRowsAreSeparate(t *testing.T) {
	c := startLimited(t, localtenant.PlanSelfService, nil)
	c.drain("GET /api/v2/users/{id}")
	c.drain("PATCH /api/v2/users/{id}")
	c.drain("GET /api/v2/users/{id}/roles")
	if calls := c.drain("GET /api/v2/connections"); calls != 5 {
		t.Errorf("%d reads of connections", calls)
	}
	if calls := c.drain("DELETE /api/v2/users/{id}"); calls != 20 {
		t.Errorf("%d deletions", calls)
	}
	if calls := c.drain("POST /api/v2/jobs/users-imports"); calls != 0 {
		t.Errorf("%d other calls", calls)
	}
	shared := startLimited(t, localtenant.PlanSelfService, func(s *localtenant.Settings) { s.SharedDeletes = true })
	shared.drain("PATCH /api/v2/users/{id}")
	if calls := shared.drain("DELETE /api/v2/users/{id}"); calls != 0 {
		t.Errorf("%d deletions from a shared bucket", calls)
	}
}

func TestLimitHeaders(t *testing.T) {
	for variant, want := range map[localtenant.LimitHeaders]time.Duration{
		localtenant.LimitHeadersNext: time.Second, // of 120 ms, in whole seconds
		localtenant.LimitHeadersFull: 5 * time.Second,
		localtenant.LimitHeadersNone: 0,
	} {
		c := startLimited(t, localtenant.PlanSelfService, func(s *localtenant.Settings) { s.LimitHeaders = variant })
		c.drain("GET /api/v2/users")
		h := c.call("GET /api/v2/users").Header
		if want == 0 {
			if h.Get("X-RateLimit-Reset")+h.Get("X-RateLimit-Limit")+h.Get("X-RateLimit-Remaining") != "" {
				t.Errorf("%s: %v", variant, h)
			}
			continue
		}
		if got := h.Get("X-RateLimit-Reset"); got != strconv.FormatInt(c.clock.Now().Add(want).Unix(), 10) {
			t.Errorf("%s: %s, want in %v", variant, got, want)
		}
	}
}

func TestATokenRequestOverTheLimit(t *testing.T) {
	c := startLimited(t, localtenant.PlanFree, nil)
	form := url.Values{"grant_type": {"client_credentials"}, "audience": {c.s.URL + "/api/v2/"}}
	for range 30 {
		if status, body := post(t, c.s, form, localtenant.ClientID, localtenant.ClientSecret); status != 200 {
			t.Fatalf("%d %s", status, body)
		}
	}
	if status, body := post(t, c.s, form, localtenant.ClientID, localtenant.ClientSecret); status != 429 || !strings.Contains(body, `"error":"too_many_requests"`) {
		t.Errorf("%d %s", status, body)
	}
}

func TestNoPlanHasNoLimits(t *testing.T) {
	c := startLimited(t, localtenant.PlanNone, nil)
	if h := c.call("GET /api/v2/users").Header; h.Get("X-RateLimit-Limit") != "" {
		t.Errorf("%v", h)
	}
}
