package auth0

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"usher/internal/quota"
	"usher/internal/shared"
)

const (
	usualDeadline = 8 * time.Second        // for all attempts of one call
	maxAttempts   = 4                      // of one call
	usualBackoff  = 200 * time.Millisecond // the longest wait before the first retry
	timeToAnswer  = 200 * time.Millisecond // reserved before the deadline for the last attempt
	maxBody       = 8 << 20                // more than a Lambda can return
)

// errTooLarge means that a response is too large. It is not retried, since the next one would be as large.
var errTooLarge = errors.New("the response is too large")

// retrier repeats requests that are safe to repeat: reads and deletions after a failed connection,
// 429 and 5xx; writes only after 429 or before a byte was sent. It reads each response completely,
// so an interrupted read counts as failed. Every status but 2xx is an *Error. A change with a 2xx
// status is done even if its response is interrupted or too large; it then has no body.
type retrier struct {
	next        http.RoundTripper
	now         func() time.Time
	observe     func(context.Context, Call)
	traceparent func(context.Context) string
	deadline    time.Duration // for all attempts of one call
	backoff     time.Duration // the longest wait before the first retry, then doubled
	budget      *retryBudget
	quota       *quota.Budget
	overQuota   func(context.Context, quota.Class) // called for every refusal by quota
	unpaid      func(context.Context)              // called for every retry that the budget does not allow
	tokens      bool                               // it requests management tokens
}

// attemptTime returns the part of a deadline for one attempt of a repeatable call: 3 of 8 seconds.
func attemptTime(deadline time.Duration) time.Duration { return deadline * 3 / 8 }

type repeatableKey struct{}

// repeatable marks a POST that may be sent twice: one that changes nothing, such as a token
// request, or an idempotent one.
func repeatable(ctx context.Context) context.Context {
	return context.WithValue(ctx, repeatableKey{}, true)
}

// isChange reports whether a 2xx status suffices: the change is done, even if the response is unreadable.
func isChange(r *http.Request) bool {
	marked, _ := r.Context().Value(repeatableKey{}).(bool)
	return !marked && r.Method != http.MethodGet && r.Method != http.MethodHead
}

func isRepeatable(r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodDelete, http.MethodPut:
		return true
	}
	marked, _ := r.Context().Value(repeatableKey{}).(bool)
	return marked
}

// RoundTrip sends the request, possibly several times, within the retrier's and the request's own deadline.
func (t *retrier) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(r.Context(), t.deadline)
	defer cancel()
	var failure *Error // of the last attempt
	for attempt := 1; ; attempt++ {
		if refused := t.admitted(ctx, r); refused != nil {
			return nil, cmp.Or(failure, refused)
		}
		var resp *http.Response
		resp, failure = t.observed(ctx, r, attempt > 1)
		begin(ctx, r, failure)
		if failure == nil {
			t.earn(ctx)
			return resp, nil
		}
		wait, again := t.waitBeforeRetry(ctx, r, failure, attempt)
		if !again || !t.paid(ctx) {
			return nil, failure
		}
		if err := rewind(r); err != nil {
			return nil, failure
		}
		if !sleep(ctx, wait) {
			return nil, failure
		}
	}
}

// paid takes a retry from the budget, or reports that it is empty. Work before the first request has none,
// and leaves the budget as it is.
func (t *retrier) paid(ctx context.Context) bool {
	if !shared.IsStartup(ctx) && t.budget.spend() {
		return true
	}
	t.unpaid(ctx)
	return false
}

func (t *retrier) earn(ctx context.Context) {
	if !shared.IsStartup(ctx) {
		t.budget.earn()
	}
}

func (t *retrier) attempt(ctx context.Context, r *http.Request) (*http.Response, *Error) {
	if isRepeatable(r) {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, attemptTime(t.deadline))
		defer cancel()
	}
	var connected atomic.Bool // bytes may have been sent
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }})
	resp, err := t.next.RoundTrip(r.WithContext(ctx))
	if err != nil {
		return nil, noAnswer(err, connected.Load())
	}
	body, err := readBody(resp)
	_ = resp.Body.Close()
	if err == nil && len(body) > maxBody {
		err = errTooLarge
	}
	t.learn(r, resp.StatusCode, resp.Header)
	done := resp.StatusCode >= 200 && resp.StatusCode <= 299
	if err != nil && done && isChange(r) {
		body, err = nil, nil // the change is done, and a retry could repeat it
	}
	if err != nil {
		return nil, noAnswer(fmt.Errorf("read the response: %w", err), true)
	}
	if !done {
		return nil, statusError(resp, body, t.now())
	}
	resp.Body = readAlready{bytes.NewReader(body), body}
	resp.ContentLength = int64(len(body))
	return resp, nil
}

// readBody reads a body of at most one byte more than the largest allowed one. The stated length saves the
// growth of the buffer; it is only a hint.
func readBody(resp *http.Response) ([]byte, error) {
	var body bytes.Buffer
	if resp.ContentLength > 0 && resp.ContentLength <= maxBody {
		body.Grow(int(resp.ContentLength) + bytes.MinRead)
	}
	_, err := body.ReadFrom(io.LimitReader(resp.Body, maxBody+1))
	return body.Bytes(), err
}

// waitBeforeRetry reports whether the call may be repeated, and after what time.
func (t *retrier) waitBeforeRetry(ctx context.Context, r *http.Request, failure *Error, attempt int) (time.Duration, bool) {
	if attempt == maxAttempts || ctx.Err() != nil || isThirdImport(r, failure) || !curable(failure, isRepeatable(r)) {
		return 0, false
	}
	wait := rand.N(t.backoff << (attempt - 1)) // full jitter: calls that failed together are not repeated together
	if failure.RetryAfter > 0 {
		wait = max(wait, failure.RetryAfter+rand.N(t.backoff))
	}
	return wait, hasTime(ctx, wait)
}

// hasTime reports whether a call can be sent after a wait.
func hasTime(ctx context.Context, wait time.Duration) bool {
	deadline, _ := ctx.Deadline()
	return time.Until(deadline)-timeToAnswer > wait
}

func curable(failure *Error, repeatable bool) bool {
	switch {
	case failure.Status == http.StatusTooManyRequests:
		return true
	case errors.Is(failure, errTooLarge):
		return false
	case failure.Status == 0:
		return repeatable || !failure.sent
	default:
		return repeatable && failure.Status >= 500
	}
}

// rewind makes the request's body readable again.
func rewind(r *http.Request) error {
	if r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	if r.GetBody == nil {
		return errors.New("the body cannot be sent again")
	}
	body, err := r.GetBody()
	if err != nil {
		return err
	}
	r.Body = body
	return nil
}
