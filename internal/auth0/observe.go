package auth0

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

// Call is one request to the provider and what came of it, for those who count.
type Call struct {
	Retry   bool          // it repeats an earlier one
	Token   bool          // it asks for a management token
	Refused bool          // the provider refused the application's credentials
	Status  int           // HTTP status; 0 where no answer came
	Took    time.Duration // until the answer was read, or given up
	Left    int           // requests that the rate limit leaves; -1 where the provider does not say
}

// ofTokens is the same retrier for requests for a management token.
func (t *retrier) ofTokens() *retrier {
	own := *t
	own.tokens = true
	return &own
}

// observed is attempt, and tells of it.
func (t *retrier) observed(ctx context.Context, r *http.Request, retry bool) (*http.Response, *Error) {
	if parent := t.traceparent(ctx); parent != "" {
		r = r.Clone(ctx)
		r.Header.Set("Traceparent", parent)
	}
	call := Call{Retry: retry, Token: t.tokens, Left: -1}
	begun := time.Now()
	resp, failure := t.attempt(ctx, r)
	call.Took = time.Since(begun)
	switch {
	case failure != nil:
		call.Status, call.Left = failure.Status, failure.left
		call.Refused = r.URL.Path == tokenPath && refusesClient(failure)
	default:
		call.Status, call.Left = resp.StatusCode, limitLeft(resp.Header)
	}
	t.observe(ctx, call)
	return resp, failure
}

// tokenPath is where applications show their credentials.
const tokenPath = "/oauth/token"

// limitLeft is how many requests the provider's rate limit leaves
// (https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy);
// -1 where it does not say.
func limitLeft(h http.Header) int {
	left, err := strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	if err != nil || left < 0 {
		return -1
	}
	return left
}
