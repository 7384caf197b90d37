// Package stats holds the statistics of the benchmarks. None of them assumes a distribution.
package stats

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// Percentile returns the smallest value that at least p percent of the values do not exceed
// (nearest rank); NaN without values.
func Percentile(values []float64, p float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	rank := int(math.Ceil(p / 100 * float64(len(sorted))))
	return sorted[max(rank, 1)-1]
}

// Median returns the middle value, or the mean of the two middle values; NaN without values.
func Median(values []float64) float64 {
	n := len(values)
	if n == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// Interval is an estimate with its interval of 95 %.
type Interval struct{ Low, Estimate, High float64 }

// MedianInterval returns the median of the values with the interval of the order statistics: the
// narrowest symmetric pair of ranks that holds the median with a probability of at least 95 %.
// Fewer than 6 values hold no such pair; the interval is then infinite.
func MedianInterval(values []float64) Interval {
	n := len(values)
	sorted := slices.Sorted(slices.Values(values))
	rank := -1
	for k, below := 0, 0.0; k < n/2; k++ {
		below += binomial(n, k)
		if below > 0.025 {
			break
		}
		rank = k
	}
	if rank < 0 {
		return Interval{math.Inf(-1), Median(values), math.Inf(1)}
	}
	return Interval{sorted[rank], Median(values), sorted[n-1-rank]}
}

// binomial returns the probability of k heads in n throws of a fair coin.
func binomial(n, k int) float64 {
	log := func(x int) float64 { value, _ := math.Lgamma(float64(x) + 1); return value }
	return math.Exp(log(n) - log(k) - log(n-k) - float64(n)*math.Ln2)
}

// Differences returns a[i] - b[i].
func Differences(a, b []float64) []float64 {
	out := make([]float64, min(len(a), len(b)))
	for i := range out {
		out[i] = a[i] - b[i]
	}
	return out
}

// resamples is the number of resamples of a bootstrap.
const resamples = 1000

// Bootstrap returns a statistic of samples of these sizes with its percentile interval. The
// statistic gets, for each sample, the indices of one resample. The seed is constant, so that the
// same values have the same interval.
func Bootstrap(sizes []int, statistic func(indices [][]int) float64) Interval {
	random := rand.New(rand.NewPCG(1, 2))
	indices := make([][]int, len(sizes))
	for i, n := range sizes {
		indices[i] = make([]int, n)
		for k := range indices[i] {
			indices[i][k] = k
		}
	}
	estimate := statistic(indices)
	found := make([]float64, resamples)
	for i := range found {
		for _, sample := range indices {
			for k := range sample {
				sample[k] = random.IntN(len(sample))
			}
		}
		found[i] = statistic(indices)
	}
	slices.SortFunc(found, cmp.Compare[float64])
	return Interval{Percentile(found, 2.5), estimate, Percentile(found, 97.5)}
}

// Pick returns the values at the indices.
func Pick(values []float64, indices []int) []float64 {
	out := make([]float64, len(indices))
	for i, k := range indices {
		out[i] = values[k]
	}
	return out
}
