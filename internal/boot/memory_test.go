package boot

import (
	"math"
	"runtime/debug"
	"testing"
)

func TestCollectLess(t *testing.T) {
	tests := map[string]struct {
		memory  string
		limit   int64
		percent int
	}{
		"the smallest function": {"128", 93952409, 200},
		"the default":           {"512", 375809638, 200},
		"no size":               {"", math.MaxInt64, 100},
		"not a number":          {"x", math.MaxInt64, 100},
		"zero":                  {"0", math.MaxInt64, 100},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			percent, limit := debug.SetGCPercent(100), debug.SetMemoryLimit(math.MaxInt64)
			defer func() { debug.SetGCPercent(percent); debug.SetMemoryLimit(limit) }()
			collectLess(tt.memory)
			if got := debug.SetMemoryLimit(-1); got != tt.limit {
				t.Errorf("the limit is %d, want %d", got, tt.limit)
			}
			if got := debug.SetGCPercent(100); got != tt.percent {
				t.Errorf("the percentage is %d, want %d", got, tt.percent)
			}
		})
	}
}
