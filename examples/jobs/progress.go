package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
)

// progress shows the sums of all jobs: a bar on a terminal, and a line for each change elsewhere.
type progress struct {
	out   io.Writer
	isBar bool

	mu   sync.Mutex
	jobs []job
	last string
}

func newProgress(out io.Writer, jobs []job) *progress {
	p := &progress{out: out, jobs: jobs}
	if file, ok := out.(*os.File); ok {
		if info, err := file.Stat(); err == nil {
			p.isBar = info.Mode()&os.ModeCharDevice != 0
		}
	}
	return p
}

// set notes and shows the state of a job.
func (p *progress) set(i int, j job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.jobs[i] = j
	text := p.text()
	if text == p.last {
		return
	}
	p.last = text
	if p.isBar {
		_, _ = fmt.Fprintf(p.out, "\r%s\x1b[K", text)
		return
	}
	_, _ = fmt.Fprintln(p.out, text)
}

// end ends the bar.
func (p *progress) end() {
	if p.isBar {
		_, _ = fmt.Fprintln(p.out)
	}
}

const width = 30

func (p *progress) text() string {
	var sum job
	ended := 0
	for _, j := range p.jobs {
		sum.Pending += j.Pending
		sum.Planned += j.Planned
		sum.Succeeded += j.Succeeded
		sum.Failed += j.Failed
		sum.Skipped += j.Skipped
		sum.Unknown += j.Unknown
		if j.Status != "" && j.ended() {
			ended++
		}
	}
	done := sum.Planned + sum.Succeeded + sum.Failed + sum.Skipped + sum.Unknown
	text := fmt.Sprintf("%d of %d records, %d of %d jobs", done, done+sum.Pending, ended, len(p.jobs))
	for _, count := range []struct {
		name string
		n    int
	}{{"planned", sum.Planned}, {"failed", sum.Failed}, {"skipped", sum.Skipped}, {"unknown", sum.Unknown}} {
		if count.n > 0 {
			text += fmt.Sprintf(", %d %s", count.n, count.name)
		}
	}
	if !p.isBar {
		return text
	}
	filled := width * done / max(1, done+sum.Pending)
	return "[" + strings.Repeat("#", filled) + strings.Repeat(".", width-filled) + "] " + text
}
