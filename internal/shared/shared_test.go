package shared

import (
	"context"
	"testing"
)

func TestContexts(t *testing.T) {
	for name, tt := range map[string]struct {
		mark                func(context.Context) context.Context
		workEnds, waitsEnds bool
	}{
		"a request": {func(ctx context.Context) context.Context { return ctx }, false, true},
		"startup":   {Startup, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			type value struct{}
			ctx, cancel := context.WithCancel(context.WithValue(t.Context(), value{}, "kept"))
			ctx = tt.mark(ctx)
			work, nested := Work(ctx), Work(Work(ctx))
			cancel()
			ended := func(c <-chan struct{}) bool {
				select {
				case <-c:
					return true
				default:
					return false
				}
			}
			if ended(work.Done()) != tt.workEnds || ended(nested.Done()) != tt.workEnds || ended(GivenUp(ctx)) != tt.waitsEnds {
				t.Errorf("the work ends: %v, work in it: %v, the wait ends: %v", ended(work.Done()), ended(nested.Done()), ended(GivenUp(ctx)))
			}
			if work.Value(value{}) != "kept" || IsStartup(work) != IsStartup(ctx) {
				t.Error("the values are lost")
			}
		})
	}
}
