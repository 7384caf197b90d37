package localtenant

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Plan is what a tenant pays for, and so how often it may be called.
type Plan string

// The plans whose limits are known.
const (
	PlanNone        Plan = "none" // no limits and no headers
	PlanFree        Plan = "free"
	PlanSelfService Plan = "self-service"
	PlanEnterprise  Plan = "enterprise"
)

// rate is how fast a bucket fills, and how much it holds.
type rate struct {
	perSecond float64
	burst     float64
}

// limit names the bucket of a route and its size; without a name there is none.
func (p Plan) limit(pattern string) (bucket string, r rate) {
	switch {
	case strings.HasSuffix(pattern, " /oauth/token") && p == PlanFree:
		return "token", rate{30, 30}
	case p == PlanNone || !strings.Contains(pattern, " /api/v2/"):
		return "", rate{}
	case p == PlanFree:
		return "management", rate{2, 2}
	case p == PlanEnterprise:
		return "management", rate{16, 50}
	case !strings.Contains(pattern, "/users"):
		return "other", rate{150.0 / 60, 10}
	case strings.HasPrefix(pattern, "GET "):
		return "read users", rate{500.0 / 60, 40}
	}
	return "write users", rate{200.0 / 60, 20}
}

// limiter holds the buckets. They fill by the tenant's clock.
type limiter struct {
	plan    Plan
	buckets map[string]*bucket
}

type bucket struct {
	level float64
	at    time.Time
}

// take takes one from a route's bucket and tells so in the headers.
func (l *limiter) take(w http.ResponseWriter, pattern string, now time.Time) error {
	name, r := l.plan.limit(pattern)
	if name == "" {
		return nil
	}
	key := string(l.plan) + " " + name
	b, ok := l.buckets[key]
	if !ok {
		b = &bucket{level: r.burst, at: now}
		l.buckets[key] = b
	}
	b.level = math.Min(r.burst, b.level+math.Max(0, now.Sub(b.at).Seconds())*r.perSecond)
	b.at = now
	allowed := b.level >= 1
	wait := 1 - b.level // until one call is allowed
	if allowed {
		b.level--
		wait = r.burst - b.level // until all are
	}
	h := w.Header()
	h.Set("X-RateLimit-Limit", strconv.Itoa(int(r.burst)))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(int(b.level)))
	reset := now.Add(time.Duration(wait / r.perSecond * float64(time.Second)))
	h.Set("X-RateLimit-Reset", strconv.FormatInt(int64(math.Ceil(float64(reset.UnixMilli())/1000)), 10))
	switch {
	case allowed:
		return nil
	case name == "token":
		return newOAuthError(http.StatusTooManyRequests, "too_many_requests", "Global limit has been reached")
	}
	return newAPIError(http.StatusTooManyRequests, "too_many_requests", "Global limit has been reached")
}

// aboutSessions reports whether a route is one of those that not every plan
// has: sessions, refresh tokens, and ending both.
func aboutSessions(pattern string) bool {
	return slices.ContainsFunc([]string{"/sessions", "/refresh-tokens", "/revoke-access"}, func(part string) bool {
		return strings.Contains(pattern, part)
	})
}

// notInPlan is a guess: the documentation tells that some plans lack these
// endpoints, and not how they answer then.
func notInPlan() error {
	return newAPIError(http.StatusForbidden, "feature_not_enabled", "This feature is not enabled for the tenant.")
}
