package testkit

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"
)

// Patience is the timeout of what only hangs, however busy the machine is.
const Patience = 8 * time.Minute

// Buffer is a bytes.Buffer for writers and readers that run at once.
type Buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (b *Buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

// String returns everything that was written.
func (b *Buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// WaitFor waits until the text was written.
func (b *Buffer) WaitFor(t testing.TB, text string) {
	t.Helper()
	for deadline := time.Now().Add(Patience); !strings.Contains(b.String(), text); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("no %q in %q", text, b)
		}
	}
}
