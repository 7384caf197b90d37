package localtenant

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// LimitHeaders are the variants of what Auth0's documentation leaves open about the headers of its
// rate limits.
type LimitHeaders string

// X-RateLimit-Reset is the time of the next token or of a full bucket, or there are no headers.
const (
	LimitHeadersNext LimitHeaders = "next"
	LimitHeadersFull LimitHeaders = "full"
	LimitHeadersNone LimitHeaders = "none"
)

// limiter holds the buckets. They fill by the tenant's clock.
type limiter struct {
	plan          Plan
	headers       LimitHeaders
	sharedDeletes bool // deleting users takes from the bucket for writing users
	buckets       map[string]*bucket
}

// bucket is a token bucket. A limit per second adds tokens each millisecond, and a limit per minute
// each second (Auth0's "Rate limit algorithm").
type bucket struct {
	limit Limit
	level float64
	at    time.Time
}

func (b *bucket) perSecond() float64 { return float64(b.limit.Rate) / b.limit.Per.Seconds() }

func (b *bucket) fill(now time.Time) {
	step := time.Millisecond
	if b.limit.Per >= time.Minute {
		step = time.Second
	}
	passed := max(0, now.Sub(b.at)).Truncate(step)
	b.at = b.at.Add(passed)
	b.level = math.Min(float64(b.limit.Burst), b.level+passed.Seconds()*b.perSecond())
}

// until returns the wait for a level.
func (b *bucket) until(level float64) time.Duration {
	return time.Duration(max(0, level-b.level) / b.perSecond() * float64(time.Second))
}

// take takes a token from each bucket of a route, or none if one is empty. The headers describe that
// one, or the endpoint's. The documentation does not say which.
func (l *limiter) take(w http.ResponseWriter, pattern string, now time.Time) error {
	var described *bucket
	var buckets []*bucket
	for _, limit := range l.plan.LimitsOf(pattern) {
		b := l.bucket(limit, now)
		b.fill(now)
		described, buckets = b, append(buckets, b)
		if b.level < 1 {
			l.describe(w.Header(), b, now)
			return limited(pattern)
		}
	}
	for _, b := range buckets {
		b.level--
	}
	if described != nil {
		l.describe(w.Header(), described, now)
	}
	return nil
}

func (l *limiter) bucket(limit Limit, now time.Time) *bucket {
	name := limit.Name
	if name == deletingUsers && l.sharedDeletes {
		name = writingUsers
	}
	key := string(limit.Plan) + " " + name
	if l.buckets[key] == nil {
		l.buckets[key] = &bucket{limit: limit, level: float64(limit.Burst), at: now}
	}
	return l.buckets[key]
}

func (l *limiter) describe(h http.Header, b *bucket, now time.Time) {
	if l.headers == LimitHeadersNone {
		return
	}
	wait := b.until(math.Min(float64(b.limit.Burst), math.Floor(b.level)+1))
	if l.headers == LimitHeadersFull {
		wait = b.until(float64(b.limit.Burst))
	}
	h.Set("X-RateLimit-Limit", strconv.Itoa(b.limit.Burst))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(int(b.level)))
	h.Set("X-RateLimit-Reset", strconv.FormatInt(int64(math.Ceil(float64(now.Add(wait).UnixMilli())/1000)), 10))
}

func limited(pattern string) error {
	if strings.Contains(pattern, " /oauth/") {
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
