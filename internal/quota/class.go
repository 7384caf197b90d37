package quota

import (
	"context"
	"sync/atomic"
)

// Class is the importance of calls to the provider. Only calls of the first class are never refused.
type Class int

// The classes, the most important one first.
const (
	Urgent     Class = iota // for sign-ins, blocks, resets of MFA, the end of sessions and password tickets
	Change                  // for all other changes
	Read                    // for all other reads
	Background              // for jobs
)

// reserve is the part of a bucket's burst that a class leaves to higher ones.
var reserve = map[Class]float64{Change: 0.10, Read: 0.25, Background: 0.50}

// Reserve returns the part of a bucket that a class leaves to higher ones.
func (c Class) Reserve() float64 { return reserve[c] }

// String returns the class's name in logs.
func (c Class) String() string {
	return [...]string{"urgent", "change", "read", "background"}[c]
}

// work is what a context's calls are for.
type work struct {
	class Class
	begun atomic.Bool
}

type workKey struct{}

// With returns a context for the calls of one piece of work, such as a request.
func With(ctx context.Context, class Class) context.Context {
	return context.WithValue(ctx, workKey{}, &work{class: class})
}

// Begin makes all later calls of the context's work urgent. It is called after the first change that may
// have been made, so that the quota leaves no work half done.
func Begin(ctx context.Context) {
	if w, ok := ctx.Value(workKey{}).(*work); ok {
		w.begun.Store(true)
	}
}

// classOf returns the class of the context's calls: Urgent without With.
func classOf(ctx context.Context) Class {
	w, ok := ctx.Value(workKey{}).(*work)
	if !ok || w.begun.Load() {
		return Urgent
	}
	return w.class
}
