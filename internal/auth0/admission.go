package auth0

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"
)

// patience is the longest wait of a call for its part of the provider's quota. Most short bursts
// pass meanwhile, and a client that repeats refused requests at once is slowed down.
const patience = time.Second

// errOverQuota means that the call was not sent, since the rest of the provider's quota is reserved
// for more important calls.
var errOverQuota = errors.New("the rest of the provider's quota is reserved for more important calls")

// admitted returns a failure if the quota refuses the call, now and after a wait.
func (t *retrier) admitted(ctx context.Context, r *http.Request) *Error {
	path := r.URL.EscapedPath()
	refusal := t.quota.Admit(ctx, r.Method, path)
	if refusal == nil {
		return nil
	}
	wait := min(refusal.Wait, patience/2)
	wait += rand.N(patience - wait) // spreads calls that were refused together
	if hasTime(ctx, wait) && sleep(ctx, wait) {
		if refusal = t.quota.Admit(ctx, r.Method, path); refusal == nil {
			return nil
		}
	}
	t.overQuota(ctx, refusal.Class)
	failure := noAnswer(errOverQuota, false)
	failure.RetryAfter = refusal.Wait + rand.N(refusal.Wait+time.Second)
	return failure
}

// learn tells the quota about the rate limit in a response.
func (t *retrier) learn(r *http.Request, status int, h http.Header) {
	left := limitLeft(h)
	if status == http.StatusTooManyRequests {
		left = 0 // also without a header
	}
	t.quota.Learn(r.Method, r.URL.EscapedPath(), headerNumber(h, "X-RateLimit-Limit"), left)
}
