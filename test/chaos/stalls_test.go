//go:build chaos

package chaos

import (
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"
)

// stalls adds up for how long this process did nothing, although it was to do something: that is the
// machine's fault, and no deadline can hold then.
type stalls struct{ nanoseconds atomic.Int64 }

var machine = func() *stalls {
	s := &stalls{}
	go func() {
		const tick = 5 * time.Millisecond
		for {
			begun := time.Now()
			time.Sleep(tick)
			s.nanoseconds.Add(int64(time.Since(begun) - tick))
		}
	}()
	return s
}()

// total includes how long the threads waited for a processor: on a busy machine the scheduler
// prefers a thread that sleeps, such as the one above, to those that work.
func (s *stalls) total() time.Duration {
	return time.Duration(s.nanoseconds.Load()) + waited("/proc/self/task/*/schedstat")
}

// waited adds up the second numbers of these files
// (https://docs.kernel.org/scheduler/sched-stats.html). Only Linux has them.
func waited(pattern string) time.Duration {
	files, _ := filepath.Glob(pattern) // the pattern is good
	var sum int64
	for _, file := range files {
		var ran, wait int64
		text, err := os.ReadFile(file)
		if err != nil { // the thread has ended
			continue
		}
		if _, err := fmt.Sscan(string(text), &ran, &wait); err == nil {
			sum += wait
		}
	}
	return time.Duration(sum)
}

func TestWaitedAddsUpAllThreads(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"1": "5 7 1\n", "2": "11 13 2\n", "3": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := waited(filepath.Join(dir, "*")); got != 20 {
		t.Errorf("%d ns, want 20", got)
	}
}
