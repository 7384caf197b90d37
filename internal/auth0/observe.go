package auth0

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

// Call is one request to the provider and its result, for metrics.
type Call struct {
	Retry   bool          // it repeats an earlier request
	Token   bool          // it requests a management token
	Refused bool          // the provider refused the application's credentials
	Status  int           // HTTP status; 0 without a response
	Took    time.Duration // until the response was read or the attempt failed
	Left    int           // remaining requests of the rate limit; -1 if unknown
}

// forTokens returns the same retrier for requests for a management token.
func (t *retrier) forTokens() *retrier {
	own := *t
	own.tokens = true
	return &own
}

// observed is attempt, and reports the call to observe.
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

// tokenPath is the endpoint where applications send their credentials.
const tokenPath = "/oauth/token"

// limitLeft returns the remaining requests of the provider's rate limit
// (https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy);
// -1 if unknown.
func limitLeft(h http.Header) int { return headerNumber(h, "X-RateLimit-Remaining") }

// headerNumber returns the number in a header; -1 if there is none.
func headerNumber(h http.Header, name string) int {
	n, err := strconv.Atoi(h.Get(name))
	if err != nil || n < 0 {
		return -1
	}
	return n
}
