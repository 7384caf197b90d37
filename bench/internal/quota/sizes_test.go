package quota_test

import (
	"math"
	"testing"

	"usher/bench/internal/quota"
)

func TestCheapest(t *testing.T) {
	tests := map[string]struct {
		p99  map[int]float64
		want int
	}{
		"all alike":           {map[int]float64{128: 45, 256: 45, 512: 45, 1024: 45, 1769: 45}, 128},
		"just within":         {map[int]float64{128: 51, 256: 50, 512: 45, 1024: 41, 1769: 40}, 256},
		"only one vCPU":       {map[int]float64{128: 90, 256: 90, 512: 90, 1024: 51, 1769: 40}, 1769},
		"one is not measured": {map[int]float64{128: math.NaN(), 256: 50, 512: 45, 1024: 41, 1769: 40}, 256},
		"nothing is measured": {map[int]float64{128: math.NaN(), 256: math.NaN(), 512: math.NaN(), 1024: math.NaN(), 1769: math.NaN()}, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := quota.Cheapest(func(size int) float64 { return tt.p99[size] }); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}

// 1 GB for 100 ms: 0.1 GB-seconds a call.
func TestPerMillion(t *testing.T) {
	if got, want := quota.PerMillion(1024, 100, quota.PerGBSecondX86), 0.20+1.66667; math.Abs(got-want) > 1e-9 {
		t.Errorf("got %v, want %v", got, want)
	}
}
