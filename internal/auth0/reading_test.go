package auth0

import (
	"encoding/json"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/auth0/go-auth0/v3/management"
)

// fiftyUsers returns a page of users in the provider's format.
func fiftyUsers(tb testing.TB) []byte {
	tb.Helper()
	body, err := os.ReadFile("testdata/users-50.json")
	if err != nil {
		tb.Fatal(err)
	}
	return body
}

// readByUs reads the page like GET /users.
func readByUs(tb testing.TB, body []byte) {
	tb.Helper()
	r := &reading{odd: func(name string) { tb.Errorf("%s was ignored", name) }}
	_, items, err := r.list(body, "users")
	if err != nil {
		tb.Fatal(err)
	}
	if found, err := r.hits(items, "created_at"); err != nil || len(found) != 50 {
		tb.Fatalf("%d users, %v", len(found), err)
	}
}

// readBySDK decodes the page like go-auth0's Users.List.
func readBySDK(tb testing.TB, body []byte) {
	tb.Helper()
	var page management.ListUsersOffsetPaginatedResponseContent
	if err := json.Unmarshal(body, &page); err != nil || len(page.GetUsers()) != 50 {
		tb.Fatalf("%d users, %v", len(page.GetUsers()), err)
	}
}

// BenchmarkReading compares our reader with go-auth0's decoding of the same page:
// go test -run '^$' -bench Reading ./internal/auth0
func BenchmarkReading(b *testing.B) {
	body := fiftyUsers(b)
	var us, sdk time.Duration
	for b.Loop() {
		begun := time.Now()
		readByUs(b, body)
		between := time.Now()
		readBySDK(b, body)
		us, sdk = us+between.Sub(begun), sdk+time.Since(between)
	}
	ours, theirs := allocated(func() { readByUs(b, body) }), allocated(func() { readBySDK(b, body) })
	b.ReportMetric(sdk.Seconds()/us.Seconds(), "times-faster")
	b.ReportMetric(float64(theirs.number)/float64(ours.number), "times-fewer-allocations")
	b.ReportMetric(float64(theirs.bytes)/float64(ours.bytes), "times-fewer-bytes")
}

// Reading a page allocates at most a tenth of the SDK's decoding, in number and in bytes.
// Neither depends on the machine's load.
func TestReadingAllocatesLittle(t *testing.T) {
	body := fiftyUsers(t)
	ours, theirs := allocated(func() { readByUs(t, body) }), allocated(func() { readBySDK(t, body) })
	t.Logf("ours %+v, the SDK's %+v", ours, theirs)
	if ours.number*10 > theirs.number || ours.bytes*10 > theirs.bytes {
		t.Errorf("ours %+v is more than a tenth of the SDK's %+v", ours, theirs)
	}
}

type allocation struct{ number, bytes uint64 }

// allocated returns the allocations of several runs of a function.
func allocated(run func()) allocation {
	run() // makes one-time allocations
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 10 {
		run()
	}
	runtime.ReadMemStats(&after)
	return allocation{after.Mallocs - before.Mallocs, after.TotalAlloc - before.TotalAlloc}
}
