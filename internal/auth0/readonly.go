package auth0

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// ReadOnly is a transport that lets nothing through but reads and requests for
// tokens, and remembers what it was told of the rate limit.
type ReadOnly struct {
	next http.RoundTripper

	mu     sync.Mutex
	budget Budget
}

// Budget is what the tenant has told of its rate limit for the Management API
// (https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy).
type Budget struct {
	Told     bool
	Limit    int       // requests at once
	Left     int       // of them, at best
	Reset    time.Time // when all of them are there again
	Exceeded bool      // a request was refused
}

// NewReadOnly returns a transport over another one; nil: a tuned one.
func NewReadOnly(next http.RoundTripper, now func() time.Time) *ReadOnly {
	if next == nil {
		next = newTransport(now, usualDeadline)
	}
	return &ReadOnly{next: next}
}

// RoundTrip refuses whatever could change the tenant, before it is sent.
func (o *ReadOnly) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodGet && (r.Method != http.MethodPost || r.URL.Path != tokenPath) {
		return nil, fmt.Errorf("%s %s is no read", r.Method, r.URL.Path)
	}
	resp, err := o.next.RoundTrip(r)
	if err == nil && strings.HasPrefix(r.URL.Path, "/api/v2/") {
		o.remember(resp)
	}
	return resp, err
}

// remember keeps the best figures: the later ones are lower by the requests made
// here.
func (o *ReadOnly) remember(resp *http.Response) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if resp.StatusCode == http.StatusTooManyRequests {
		o.budget.Exceeded = true
	}
	left := limitLeft(resp.Header)
	limit, err := strconv.Atoi(resp.Header.Get("X-RateLimit-Limit"))
	if left < 0 || err != nil || o.budget.Told && left <= o.budget.Left {
		return
	}
	o.budget.Told, o.budget.Limit, o.budget.Left = true, limit, left
	if reset := resetOf(resp.Header); !reset.IsZero() {
		o.budget.Reset = reset
	}
}

// Budget returns what was told so far.
func (o *ReadOnly) Budget() Budget {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.budget
}
