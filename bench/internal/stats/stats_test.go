package stats_test

import (
	"math"
	"testing"

	"usher/bench/internal/stats"
)

func upTo(n int) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[n-1-i] = float64(i + 1)
	}
	return values
}

func TestPercentile(t *testing.T) {
	tests := map[string]struct {
		values  []float64
		p, want float64
	}{
		"the median of an odd number": {upTo(5), 50, 3},
		"the 95th of 100":             {upTo(100), 95, 95},
		"the 99th of 10":              {upTo(10), 99, 10},
		"the least":                   {upTo(10), 0, 1},
		"one value":                   {[]float64{7}, 99, 7},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := stats.Percentile(tt.values, tt.p); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	if !math.IsNaN(stats.Percentile(nil, 50)) || !math.IsNaN(stats.Median(nil)) {
		t.Error("a percentile of nothing")
	}
}

// The ranks are those of the tables of the sign test.
func TestMedianInterval(t *testing.T) {
	tests := map[string]struct {
		n    int
		want stats.Interval
	}{
		"too few": {5, stats.Interval{Low: math.Inf(-1), Estimate: 3, High: math.Inf(1)}},
		"6":       {6, stats.Interval{Low: 1, Estimate: 3.5, High: 6}},
		"10":      {10, stats.Interval{Low: 2, Estimate: 5.5, High: 9}},
		"25":      {25, stats.Interval{Low: 8, Estimate: 13, High: 18}},
		"100":     {100, stats.Interval{Low: 40, Estimate: 50.5, High: 61}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := stats.MedianInterval(upTo(tt.n)); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestDifferences(t *testing.T) {
	got := stats.Differences([]float64{5, 7, 9}, []float64{1, 2})
	if len(got) != 2 || got[0] != 4 || got[1] != 5 {
		t.Error(got)
	}
}

func TestBootstrap(t *testing.T) {
	values := upTo(101)
	median := func(indices [][]int) float64 { return stats.Median(stats.Pick(values, indices[0])) }
	got := stats.Bootstrap([]int{len(values)}, median)
	if got.Estimate != 51 || got.Low < 38 || got.Low >= 51 || got.High <= 51 || got.High > 64 {
		t.Errorf("the median of 1 to 101: %v", got)
	}
	if again := stats.Bootstrap([]int{len(values)}, median); again != got {
		t.Errorf("the same values: %v, then %v", got, again)
	}
	same := []float64{3, 3, 3, 3}
	constant := stats.Bootstrap([]int{4}, func(indices [][]int) float64 { return stats.Median(stats.Pick(same, indices[0])) })
	if constant != (stats.Interval{Low: 3, Estimate: 3, High: 3}) {
		t.Errorf("of equal values: %v", constant)
	}
}
