package auth0

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	"usher/internal/quota"
)

// patience is the longest wait of a call for its part of the provider's quota. Most short bursts
// pass meanwhile, and a client that repeats refused requests at once is slowed down: bench/quota.
const patience = 2 * time.Second

// errOverQuota means that the call was not sent, since the rest of the provider's quota is reserved
// for more important calls.
var errOverQuota = errors.New("the rest of the provider's quota is reserved for more important calls")

// admitted waits until a call may be sent. It returns a failure if the quota refuses the call, now and
// after a wait.
func (t *retrier) admitted(ctx context.Context, r *http.Request) *Error {
	path := r.URL.EscapedPath()
	verdict := t.quota.Admit(ctx, r.Method, path)
	if verdict.Refused {
		wait := min(verdict.Wait, patience/2)
		wait += rand.N(patience - wait) // spreads calls that were refused together
		if hasTime(ctx, wait) && sleep(ctx, wait) {
			verdict = t.quota.Admit(ctx, r.Method, path)
		}
	}
	if !verdict.Refused {
		if wait := min(verdict.Wait, patience); wait > 0 && hasTime(ctx, wait) {
			sleep(ctx, wait)
		}
		return nil
	}
	t.overQuota(ctx, verdict.Class)
	failure := noAnswer(errOverQuota, false)
	failure.RetryAfter = verdict.Wait + rand.N(verdict.Wait+time.Second)
	return failure
}

// learn tells the quota about the rate limit in a response. A refused import is not about the rate: see
// isThirdImport.
func (t *retrier) learn(r *http.Request, status int, h http.Header) {
	left := limitLeft(h)
	if status == http.StatusTooManyRequests && r.URL.Path != importsPath {
		left = 0 // also without a header
	}
	t.quota.Learn(r.Method, r.URL.EscapedPath(), headerNumber(h, "X-RateLimit-Limit"), left)
}

// begin notes that the request's work may have changed something.
func begin(ctx context.Context, r *http.Request, failure *Error) {
	isRead := r.Method == http.MethodGet || r.Method == http.MethodHead || r.URL.Path == tokenPath
	isRefused := failure != nil && (!failure.sent || failure.Status == http.StatusTooManyRequests)
	if !isRead && !isRefused {
		quota.Begin(ctx)
	}
}
