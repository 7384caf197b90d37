package report

import (
	"math"
	"time"

	"usher/bench/internal/inprocess"
	"usher/bench/internal/measure"
	"usher/bench/internal/stats"
	"usher/bench/internal/target"
)

// Operation is everything that was measured of one operation.
type Operation struct {
	Name    string
	Calls   int // of the provider, in one request
	Results measure.Results
	Allocs  inprocess.Allocs
}

// Run is everything that was measured.
type Run struct {
	Plan       measure.Plan
	Operations []Operation
	OldCommit  string
}

// latencies returns the latencies of a target in a cell; nil if it was not measured.
func (o Operation) latencies(k measure.Key, name string) []float64 {
	if r := o.Results[k][name]; r != nil {
		return r.Latencies
	}
	return nil
}

// alone is the cell with one request in flight in a closed loop.
func alone(delay time.Duration) measure.Key { return measure.Key{Delay: delay, Workers: 1} }

// added returns what a target adds over another one: the median of the paired differences.
func (o Operation) added(k measure.Key, name, over string) stats.Interval {
	a, b := o.latencies(k, name), o.latencies(k, over)
	if len(a) == 0 || len(b) == 0 {
		return stats.Interval{Low: math.NaN(), Estimate: math.NaN(), High: math.NaN()}
	}
	return stats.MedianInterval(stats.Differences(a, b))
}

// fraction returns what the function adds over the floor, as a fraction of what the old function
// adds.
func (o Operation) fraction() stats.Interval {
	floor := o.latencies(alone(0), target.Floor)
	current := stats.Differences(o.latencies(alone(0), target.Function), floor)
	old := stats.Differences(o.latencies(alone(0), target.Old), floor)
	if len(current) == 0 || len(old) == 0 {
		return stats.Interval{Low: math.NaN(), Estimate: math.NaN(), High: math.NaN()}
	}
	return stats.Bootstrap([]int{len(floor)}, func(indices [][]int) float64 {
		return stats.Median(stats.Pick(current, indices[0])) / stats.Median(stats.Pick(old, indices[0]))
	})
}

// excess returns how much more the function adds over the floor with a slow provider than without
// a delay, after subtraction of the floor's own difference. At most 0 is the target.
func (o Operation) excess(delay time.Duration) stats.Interval {
	waited := float64(o.Calls) * float64(delay) / float64(time.Millisecond)
	f0, f1 := o.latencies(alone(0), target.Floor), o.latencies(alone(delay), target.Floor)
	d0 := stats.Differences(o.latencies(alone(0), target.Function), f0)
	d1 := stats.Differences(o.latencies(alone(delay), target.Function), f1)
	if len(d0) == 0 || len(d1) == 0 {
		return stats.Interval{Low: math.NaN(), Estimate: math.NaN(), High: math.NaN()}
	}
	return stats.Bootstrap([]int{len(d0), len(d1)}, func(i [][]int) float64 {
		floors := stats.Median(stats.Pick(f1, i[1])) - waited - stats.Median(stats.Pick(f0, i[0]))
		return stats.Median(stats.Pick(d1, i[1])) - stats.Median(stats.Pick(d0, i[0])) - floors
	})
}
