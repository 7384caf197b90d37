//go:build chaos

package chaos

import (
	"fmt"
	"net/http"
	"os"
	"runtime"
	"time"

	"usher/test/testkit/traffic"
)

// idle is what the process holds while no request runs.
type idle struct{ heap, goroutines, descriptors int }

// What an idle process may hold more than before: 5 %, and for each container what belongs to one
// connection to Secrets Manager. Its SDK keeps it or not, and nothing here can close it.
const (
	goroutinesOfConnection  = 3 // two of the client, one of the server
	descriptorsOfConnection = 2
	heapOfConnection        = 64 << 10 // buffers of both sides
)

// idle drops what the tenant holds, and measures the rest.
func (w *world) idle() idle {
	if err := w.provider.tenant.Reset(); err != nil {
		w.t.Fatal(err)
	}
	w.shift.Add(int64(lag)) // a rotation has ended
	w.furnish()
	w.greet() // a management token is of the tenant before: the first call drops it
	w.greet()
	w.provider.server.CloseClientConnections()
	var now idle
	for range 20 { // until what ends has ended
		runtime.GC()
		time.Sleep(10 * time.Millisecond)
		before := now
		now = measure()
		if now == before {
			break
		}
	}
	w.greet() // or a connection that has just been closed could meet a call that may not be repeated
	return now
}

// greet sends a request to each container.
func (w *world) greet() {
	for _, e := range append(w.env, w.twin) {
		_, _ = e.Answer(traffic.Request{Method: http.MethodGet, Target: "/roles"})
		e.log.take()
	}
}

func measure() idle {
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	entries, _ := os.ReadDir("/proc/self/fd")
	return idle{int(memory.HeapAlloc), runtime.NumGoroutine(), len(entries)}
}

func (now idle) leaksSince(before idle, containers int) (leaks []string) {
	for _, of := range []struct {
		what               string
		before, now, extra int
	}{
		{"bytes of heap", before.heap, now.heap, heapOfConnection},
		{"goroutines", before.goroutines, now.goroutines, goroutinesOfConnection},
		{"descriptors", before.descriptors, now.descriptors, descriptorsOfConnection},
	} {
		if most := of.before + of.before/20 + containers*of.extra; of.now > most {
			leaks = append(leaks, fmt.Sprintf("%d %s at idle, after %d before", of.now, of.what, of.before))
		}
	}
	return leaks
}
