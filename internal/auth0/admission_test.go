package auth0

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"usher/internal/problem"
	"usher/internal/quota"
)

// limited returns a script's retrier on a plan with limits, of which the provider said how much is left.
func limited(t *testing.T, s *script, left int) *retrier {
	t.Helper()
	plan, err := quota.Parse("custom:1/50")
	if err != nil {
		t.Fatal(err)
	}
	rt := s.retrier(&retryBudget{left: maxAttempts})
	rt.quota = quota.NewBudget(plan, time.Now)
	rt.quota.Learn("GET", "/api/v2/users", 50, left)
	rt.overQuota = func(_ context.Context, class quota.Class) { s.overQuota = append(s.overQuota, class) }
	return rt
}

func managementRequest(t *testing.T, class quota.Class, method string) func(*retrier) error {
	ctx := quota.With(t.Context(), class)
	return func(rt *retrier) error {
		r := request(t, ctx, method)
		r.URL.Path = "/api/v2/users"
		_, err := rt.RoundTrip(r)
		return err
	}
}

func TestAdmission(t *testing.T) {
	tests := map[string]struct {
		class    quota.Class
		left     int
		attempts int
		least    time.Duration // it waits
		most     time.Duration
	}{
		"urgent, nothing left":           {quota.Urgent, 0, 1, time.Second, time.Second},
		"urgent, something left":         {quota.Urgent, 1, 1, 0, 0},
		"a change above its reserve":     {quota.Change, 12, 1, 0, 0},
		"a change below its reserve":     {quota.Change, 2, 0, patience / 2, patience},
		"a read above its reserve":       {quota.Read, 27, 1, 0, 0},
		"a read below its reserve":       {quota.Read, 10, 0, patience / 2, patience},
		"a job's call, a full bucket":    {quota.Background, 50, 1, 0, 0},
		"a job's call below its reserve": {quota.Background, 20, 0, patience / 2, patience},
		"a job's call, an unknown level": {quota.Background, -1, 1, 0, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{answers: []func(*http.Request) (*http.Response, error){status(200, "X-RateLimit-Limit", "50", "X-RateLimit-Remaining", "40")}}
				rt := limited(t, s, tt.left)
				send := managementRequest(t, tt.class, "GET")
				start := time.Now()
				err := send(rt)
				if len(s.times) != tt.attempts || (err == nil) != (tt.attempts > 0) {
					t.Errorf("%d attempts, %v", len(s.times), err)
				}
				if took := time.Since(start); took < tt.least || took > tt.most {
					t.Errorf("it waited %v, want %v to %v", took, tt.least, tt.most)
				}
				if err == nil {
					return
				}
				p := problem.From(providerProblem(err))
				if p.Kind != problem.ProviderBudget || p.RetryAfter <= 0 || p.RetryAfter > 3*time.Minute || len(s.overQuota) != 1 || s.overQuota[0] != tt.class {
					t.Errorf("%v after %v; refusals %v", p, p.RetryAfter, s.overQuota)
				}
				if failure := failureIn(err); failure.sent {
					t.Error("a refused call counts as sent")
				}
			})
		})
	}
}

// A response is what the next call is decided by, also one with 429 and no headers.
func TestAdmissionLearns(t *testing.T) {
	tests := map[string]struct {
		header []string
		status int
		sent   int // of two calls
	}{
		"plenty left":           {[]string{"X-RateLimit-Limit", "50", "X-RateLimit-Remaining", "40"}, 200, 2},
		"nothing left":          {[]string{"X-RateLimit-Limit", "50", "X-RateLimit-Remaining", "0"}, 404, 1},
		"no headers":            {nil, 200, 2},
		"unreadable headers":    {[]string{"X-RateLimit-Limit", "fifty", "X-RateLimit-Remaining", "-3"}, 200, 2},
		"refused, no headers":   {nil, 429, 1},
		"refused, a strange 40": {[]string{"X-RateLimit-Remaining", "40"}, 429, 1}, // a read's reserve is 12.5
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{answers: []func(*http.Request) (*http.Response, error){status(tt.status, tt.header...)}}
				rt := limited(t, s, -1)
				rt.deadline = timeToAnswer // neither a retry nor a wait
				send := managementRequest(t, quota.Read, "GET")
				_ = send(rt)
				_ = send(rt)
				if len(s.times) != tt.sent {
					t.Errorf("%d calls were sent, want %d", len(s.times), tt.sent)
				}
			})
		})
	}
}

func TestAdmissionKeepsTheFirstFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []func(*http.Request) (*http.Response, error){status(500, "X-RateLimit-Limit", "50", "X-RateLimit-Remaining", "0")}}
		send := managementRequest(t, quota.Background, "GET")
		err := send(limited(t, s, -1))
		if failure := failureIn(err); failure.Status != 500 || errors.Is(err, errOverQuota) || len(s.times) != 1 {
			t.Errorf("%v after %d attempts", err, len(s.times))
		}
	})
}

func TestAdmissionEndsWithItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []func(*http.Request) (*http.Response, error){status(200)}}
		rt := limited(t, s, 0)
		ctx, cancel := context.WithCancel(quota.With(t.Context(), quota.Read))
		time.AfterFunc(time.Millisecond, cancel)
		r := request(t, ctx, "GET")
		r.URL.Path = "/api/v2/users"
		start := time.Now()
		if _, err := rt.RoundTrip(r); err == nil || time.Since(start) != time.Millisecond || len(s.times) != 0 {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}
