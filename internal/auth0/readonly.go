package auth0

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// ReadOnly is a transport that allows only reads and requests for tokens, and records the rate limit.
// It is for an Inspector, which sends one request at a time.
type ReadOnly struct {
	Budget Budget // observed so far
	next   http.RoundTripper
}

// Budget is the tenant's rate limit for the Management API
// (https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy).
type Budget struct {
	Limit    int  // the size of a burst; 0 if the tenant does not say
	Left     int  // the largest observed remainder
	Exceeded bool // a request was refused with 429
}

// NewReadOnly returns a transport over next; nil for the default transport.
func NewReadOnly(next http.RoundTripper, now func() time.Time) *ReadOnly {
	if next == nil {
		next = newTransport(now, usualDeadline)
	}
	return &ReadOnly{next: next}
}

// RoundTrip refuses every request that could change the tenant before it is sent.
func (o *ReadOnly) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodGet && (r.Method != http.MethodPost || r.URL.Path != tokenPath) {
		return nil, fmt.Errorf("%s %s is not a read", r.Method, r.URL.Path)
	}
	resp, err := o.next.RoundTrip(r)
	if err == nil && strings.HasPrefix(r.URL.Path, "/api/v2/") {
		o.remember(resp)
	}
	return resp, err
}

// remember keeps the largest remainder: the inspector's own requests lower the later ones.
func (o *ReadOnly) remember(resp *http.Response) {
	if resp.StatusCode == http.StatusTooManyRequests {
		o.Budget.Exceeded = true
	}
	left := limitLeft(resp.Header)
	limit, err := strconv.Atoi(resp.Header.Get("X-RateLimit-Limit"))
	if left >= 0 && err == nil && (o.Budget.Limit == 0 || left > o.Budget.Left) {
		o.Budget.Limit, o.Budget.Left = limit, left
	}
}
