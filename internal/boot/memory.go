package boot

import (
	"runtime/debug"
	"strconv"
)

const (
	// garbage is the percentage of the used heap at which garbage is collected again. Go's 100 collects
	// after 4 MB, which is every page or two of a list. A request of one user is no faster with more than 200.
	garbage = 200
	// heapShare is the part of a function's memory that Go may use, in percent, before it collects more
	// often. The rest is for the program's code.
	heapShare = 70
)

// collectLess makes the process collect its garbage less often. memory is the function's size in MB, as
// in AWS_LAMBDA_FUNCTION_MEMORY_SIZE. Large responses in a small function are collected as often as needed.
func collectLess(memory string) {
	size, err := strconv.ParseInt(memory, 10, 64)
	if err != nil || size <= 0 {
		return // without a bound, more garbage could be too much
	}
	debug.SetMemoryLimit(size << 20 * heapShare / 100)
	debug.SetGCPercent(garbage)
}
