package quota

import (
	"context"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// Budget decides which calls of a process may use the provider's quota now. It is safe for
// concurrent use.
type Budget struct {
	plan   Plan
	now    func() time.Time
	mu     sync.Mutex
	levels []level // by the plan's buckets
}

// NewBudget returns a budget for the calls of one process.
func NewBudget(plan Plan, now func() time.Time) *Budget {
	b := &Budget{plan: plan, now: now, levels: make([]level, len(plan.Buckets))}
	for i := range b.levels {
		b.levels[i].share = 1
	}
	return b
}

// Refusal is a call that may not be sent now.
type Refusal struct {
	Class Class
	Wait  time.Duration // until the call may be sent, if nothing else uses the quota
}

// Admit returns nil if a call may be sent, and counts it. path is the escaped path of its URL, and ctx
// comes from [With]. Near a class's reserve it admits some calls at random, so that many processes
// with the same estimate do not act as one.
func (b *Budget) Admit(ctx context.Context, method, path string) *Refusal {
	class := classOf(ctx)
	if wait, ok := b.take(class, method, path); !ok {
		return &Refusal{class, wait}
	}
	if isManagement(path) && method != http.MethodGet && method != http.MethodHead {
		begin(ctx)
	}
	return nil
}

func (b *Budget) take(class Class, method, path string) (wait time.Duration, ok bool) {
	i, bucket, limited := b.plan.Bucket(method, path)
	if !limited {
		return 0, true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	l := &b.levels[i]
	tokens, known := l.now(bucket, b.now())
	if !known {
		return 0, true
	}
	kept := b.plan.reserve(class, bucket)
	if kept > 0 && (tokens-kept)/kept <= rand.Float64() {
		return min(l.until(bucket, 2*kept), maxAge), false
	}
	l.take()
	return 0, true
}

// reserve returns the tokens that a class leaves to higher ones.
func (p Plan) reserve(class Class, bucket Bucket) float64 {
	if p.Shared || class == Urgent {
		return 0
	}
	return max(1, reserve[class]*bucket.Burst)
}

// Learn corrects the estimate by a response to a call: the size of the bucket that it describes, and the
// tokens that are left. Each is negative if the response does not tell it.
func (b *Budget) Learn(method, path string, limit, remaining int) {
	i, bucket, limited := b.plan.Bucket(method, path)
	if !limited || remaining < 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.levels[i].learn(bucket, b.now(), float64(remaining), float64(limit) == bucket.Burst)
}
