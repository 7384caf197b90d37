package load_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"usher/bench/internal/load"
)

func waits(d time.Duration) load.Do {
	return func(context.Context, int) error { time.Sleep(d); return nil }
}

func TestClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		took, err := load.Closed(t.Context(), 2, 6, waits(10*time.Millisecond))
		if err != nil || !slices.Equal(took, []float64{10, 10, 10, 10, 10, 10}) {
			t.Errorf("%v, %v", took, err)
		}
		if all := time.Since(start); all != 30*time.Millisecond {
			t.Errorf("in all %v", all)
		}
	})
}

// One worker needs 10 ms for each request, and a request is due every 4 ms: the later ones wait.
func TestOpenCountsFromTheSchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		took, err := load.Open(t.Context(), 1, 4, 4*time.Millisecond, waits(10*time.Millisecond))
		if err != nil || !slices.Equal(took, []float64{10, 16, 22, 28}) {
			t.Errorf("%v, %v", took, err)
		}
		took, err = load.Open(t.Context(), 4, 4, 4*time.Millisecond, waits(10*time.Millisecond))
		if err != nil || !slices.Equal(took, []float64{10, 10, 10, 10}) {
			t.Errorf("with enough workers: %v, %v", took, err)
		}
	})
}

func TestFailure(t *testing.T) {
	broken := errors.New("broken")
	_, err := load.Closed(t.Context(), 2, 5, func(_ context.Context, worker int) error {
		if worker > 1 {
			t.Errorf("there is no worker %d", worker)
		}
		return broken
	})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}
