package jobs

import (
	"context"
	"sync"
)

// storeCalls is the number of calls to the store that a process has in flight.
const storeCalls = 16

// inParallel calls do with 0 to n-1, and returns the first error. After an error it begins no further call.
func inParallel(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	places := make(chan struct{}, storeCalls)
	var all sync.WaitGroup
	for i := range n {
		places <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		all.Go(func() {
			defer func() { <-places }()
			if err := do(ctx, i); err != nil {
				cancel(err)
			}
		})
	}
	all.Wait()
	return context.Cause(ctx)
}
