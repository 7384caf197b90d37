//go:build chaos

// Package chaos sends requests for all operations while everything around the service fails, at random
// and by a seed.
package chaos

import (
	"flag"
	"sort"
	"testing"
)

var (
	seed       = flag.Uint64("seed", 1, "seed of the requests and of what goes wrong")
	requests   = flag.Int("requests", 2_000, "number of requests; `make chaos` has 100,000")
	containers = flag.Int("containers", 48, "number of containers; with 1, everything happens in one order")
)

func TestChaos(t *testing.T) {
	found, counts := run(t, *seed, *requests, *containers, sabotage{})
	t.Logf("seed %d: %d requests, %d with faults, %d failed, %d cancelled", *seed, counts.steps, counts.struck, counts.failed, counts.cancelled)
	if counts.steps < *requests*9/10 || counts.struck < counts.steps/10 || len(counts.kinds) != len(operations) {
		t.Errorf("%d steps, %d with faults, %d operations: this proves nothing", counts.steps, counts.struck, len(counts.kinds))
	}
	if len(found) == 0 {
		return
	}
	for _, v := range found[:min(20, len(found))] {
		t.Error(v)
	}
	t.Logf("%d violations in all", len(found))
	fails := func(n int) bool { again, _ := run(t, *seed, n, *containers, sabotage{}); return len(again) > 0 }
	if n, ok := shortest(found[0].step+1, *requests, fails); ok {
		t.Errorf("the shortest run that fails again: make chaos SEED=%d CHAOS_REQUESTS=%d", *seed, n)
	} else {
		t.Errorf("no shorter run fails again: make chaos SEED=%d CHAOS_REQUESTS=%d", *seed, *requests)
	}
}

// shortest returns the length of the shortest run that fails, by re-running the first steps. It looks
// from the first violation on, and below it if that run fails.
func shortest(first, all int, fails func(int) bool) (n int, ok bool) {
	for n = first; !fails(n); n = min(2*n, all) {
		if n == all {
			return 0, false
		}
	}
	return 1 + sort.Search(n-1, func(i int) bool { return fails(i + 1) }), true
}
