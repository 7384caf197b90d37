package jobs

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"usher/internal/problem"
)

const (
	// maxStalls is the number of stalls in a row after which what fails has failed.
	maxStalls = 20
	// shortWait is the longest wait within a call of the worker. More calls would cost more than waiting, and their
	// number is limited.
	shortWait = time.Minute
	// firstWait is the back-off after the first stall.
	firstWait = 2 * time.Second
)

// MayPass reports whether an error is a problem that a later attempt may not have: the provider's limits, its
// failures, and those of the service's own storage.
func MayPass(err error) bool {
	passing := []int{http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}
	return problem.IsProblem(err) && slices.Contains(passing, problem.From(err).Kind.Status)
}

// isLimit reports whether an error says nothing about its record: a limit was reached.
func isLimit(err error) bool {
	return problem.IsProblem(err) && problem.From(err).Kind.Status == http.StatusTooManyRequests
}

// MaxWait is the longest time between two calls of the worker.
const MaxWait = 5 * time.Minute

// StallWait returns the wait after a failure that may pass, with this number of stalls in a row before it: at
// least what the failure says, and twice as long after each stall, up to longest. It is at most MaxWait. Jobs
// that stall together do not continue together.
func StallWait(stalls int, longest time.Duration, failure error) time.Duration {
	backoff := min(firstWait<<min(stalls, 10), longest)
	return min(max(problem.From(failure).RetryAfter, backoff/2+rand.N(backoff/2)), MaxWait)
}
