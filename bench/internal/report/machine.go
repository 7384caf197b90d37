package report

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// machine describes the machine, and how busy it was at the end: other work widens the intervals.
func machine() string {
	text := fmt.Sprintf("Measured with %s on %s/%s, %d processors", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		text += ". The load average at the end was " + strings.Join(strings.Fields(string(load))[:3], ", ")
	}
	return text + ".\n\n"
}
