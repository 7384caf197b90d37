package httpapi

import (
	"io"
	"sync"
)

// Lines is the output of a process: its log and its metrics. It writes the lines of a request's end in
// one system call, and all others at once, so that a process that is killed loses none.
type Lines struct {
	out io.Writer

	mu      sync.Mutex
	holding int // requests at their end
	held    []byte
}

// NewLines returns the Lines of an output.
func NewLines(out io.Writer) *Lines { return &Lines{out: out} }

// Write implements io.Writer.
func (l *Lines) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.holding == 0 {
		return l.out.Write(line)
	}
	l.held = append(l.held, line...)
	return len(line), nil
}

// Together runs write, and then writes its lines.
func (l *Lines) Together(write func()) {
	l.hold()
	defer l.release()
	write()
}

func (l *Lines) hold() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.holding++
}

func (l *Lines) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.holding--
	if len(l.held) > 0 {
		_, _ = l.out.Write(l.held) // an error of the log cannot be logged
		l.held = l.held[:0]
	}
}
