package quota

import (
	"context"
	"math/rand/v2"
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
	return &Budget{plan: plan, now: now, levels: make([]level, len(plan.Buckets))}
}

// Verdict is the decision about a call.
type Verdict struct {
	Class   Class
	Refused bool
	Wait    time.Duration // until the call may be sent, or may be tried again if it is refused
}

// Admit decides about a call, and counts it unless it is refused. path is the escaped path of its
// URL, and ctx comes from [With]. Near a class's reserve it admits some calls at random, so that many
// processes with the same estimate do not act as one.
func (b *Budget) Admit(ctx context.Context, method, path string) Verdict {
	v := Verdict{Class: classOf(ctx)}
	i, bucket, limited := b.plan.Bucket(method, path)
	if limited {
		b.decide(&v, &b.levels[i], bucket)
	}
	return v
}

func (b *Budget) decide(v *Verdict, l *level, bucket Bucket) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	reserve := b.plan.reserve(v.Class, bucket)
	if reserve > 0 && rand.Float64() >= l.chance(bucket, v.Class, reserve, now) {
		tokens, _ := l.estimate(bucket, now)
		v.Refused, v.Wait = true, seconds(max(0, 2*reserve-tokens)/bucket.Rate)
		return
	}
	v.Wait = l.take(bucket, now)
}

// reserve returns the tokens that a class leaves to higher ones.
func (p Plan) reserve(class Class, bucket Bucket) float64 {
	if p.Shared || class == Urgent {
		return 0
	}
	return max(1, reserve[class]*bucket.Burst)
}

func (p Plan) reserves(bucket Bucket) (all [Background + 1]float64) {
	for class := range all {
		all[class] = p.reserve(Class(class), bucket)
	}
	return all
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
	b.levels[i].learn(bucket, b.now(), float64(remaining), float64(limit) == bucket.Burst, b.plan.reserves(bucket))
}
