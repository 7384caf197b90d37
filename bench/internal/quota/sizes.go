package quota

import "time"

// OneProcessor is the memory size, in MB, that has the equivalent of one vCPU
// (https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html).
const OneProcessor = 1769

// Sizes are the measured memory sizes in MB.
var Sizes = []int{128, 256, 512, 1024, OneProcessor}

// Periods are the measured scheduling periods. AWS does not document Lambda's.
var Periods = []time.Duration{10 * time.Millisecond, 20 * time.Millisecond}

// Tolerance is how much slower than with one vCPU the recommended size may be, as a factor of the
// 99th percentile.
const Tolerance = 1.25

// Cheapest returns the smallest size whose 99th percentile is within the tolerance; 0 if none is
// known. p99 returns NaN for a size that could not be measured.
func Cheapest(p99 func(size int) float64) int {
	most := Tolerance * p99(OneProcessor)
	for _, size := range Sizes {
		if p99(size) <= most {
			return size
		}
	}
	return 0
}

// The prices of AWS Lambda in US East (N. Virginia) and most regions, in US dollars
// (https://aws.amazon.com/lambda/pricing/). Update Dated with them.
const (
	Dated           = "2026-11-27"
	PerRequest      = 0.20 / 1e6
	PerGBSecondX86  = 0.0000166667
	PerGBSecondARM  = 0.0000133334
	megabytesPerGB  = 1024
	millisPerSecond = 1000
)

// PerMillion returns the cost of a million calls in US dollars.
func PerMillion(size int, billedMillis, perGBSecond float64) float64 {
	return 1e6 * (PerRequest + float64(size)/megabytesPerGB*billedMillis/millisPerSecond*perGBSecond)
}
