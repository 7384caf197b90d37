package auth0

import "sync"

// The budget of one instance. Successful calls pay for retries, so retries add at most a tenth to
// the load of a failing provider, apart from the first ones
// (https://sre.google/sre-book/handling-overload/, "Deciding to Retry").
const (
	firstRetries   = 2.0
	mostRetries    = 10.0
	retriesPerCall = 0.1 // earned by a successful call
)

// retryBudget limits the retries of all calls of a Client together: repeated requests, token
// requests included, and the replay after a refused token. It is safe for concurrent use.
type retryBudget struct {
	mu   sync.Mutex
	left float64
	most float64
}

// newRetryBudget returns a budget with this number of retries at the start.
func newRetryBudget(first float64) *retryBudget {
	return &retryBudget{left: first, most: max(first, mostRetries)}
}

func (b *retryBudget) earn() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left = min(b.most, b.left+retriesPerCall)
}

// spend reports whether a retry is allowed, and takes it from the budget.
func (b *retryBudget) spend() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}
