package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// start is the times of one start.
type start struct {
	begun, ready, sent, answered time.Time
	marks                        map[string]time.Time
	warm                         time.Duration // of one later request
}

// row is the starts of one function with one delay of the provider.
type row struct {
	kind, function string
	delay          time.Duration
	starts         []start
}

// columns are the parts of a start. The parts of the provider are missing where they ended before the
// request.
var columns = []struct {
	name string
	of   func(start) (time.Duration, bool)
}{
	{"init", func(s start) (time.Duration, bool) { return s.ready.Sub(s.begun), true }},
	{"first answer", func(s start) (time.Duration, bool) { return s.answered.Sub(s.sent), true }},
	{"until Secrets Manager is connected", func(s start) (time.Duration, bool) { return s.between("", "secret connects") }},
	{"handshake", func(s start) (time.Duration, bool) { return s.between("secret connects", "secret begins") }},
	{"secret", func(s start) (time.Duration, bool) { return s.between("secret begins", "secret ends") }},
	{"until the provider is connected", func(s start) (time.Duration, bool) { return s.between("secret ends", "tenant connects") }},
	{"handshake", func(s start) (time.Duration, bool) { return s.between("tenant connects", "token begins") }},
	{"token", func(s start) (time.Duration, bool) { return s.between("token begins", "token ends") }},
	{"between", func(s start) (time.Duration, bool) { return s.between("token ends", "api begins") }},
	{"call", func(s start) (time.Duration, bool) { return s.between("api begins", "api ends") }},
	{"answer", func(s start) (time.Duration, bool) { return s.between("api ends", "") }},
	{"warm", func(s start) (time.Duration, bool) { return s.warm, true }},
}

// between is the time between two events after the request was sent; "" is the request and its answer.
func (s start) between(from, to string) (time.Duration, bool) {
	begin, end := s.sent, s.answered
	if s.kindOnDemand() {
		begin = s.ready
	}
	if from != "" {
		begin = s.marks[from]
	}
	if to != "" {
		end = s.marks[to]
	}
	return end.Sub(begin), !begin.Before(s.sent) && !end.Before(s.sent)
}

// kindOnDemand reports whether the request waited for the process.
func (s start) kindOnDemand() bool { return s.sent.Before(s.ready) }

var heading = func() string {
	names := []string{"start", "provider's delay", "function"}
	for _, c := range columns {
		names = append(names, c.name)
	}
	return "| " + strings.Join(names, " | ") + " |\n|---|--:|---" + strings.Repeat("|--:", len(columns)) + "|"
}()

// String returns the medians in milliseconds.
func (r *row) String() string {
	cells := []string{r.kind, fmt.Sprintf("%d ms", r.delay.Milliseconds()), r.function}
	for _, c := range columns {
		var all []time.Duration
		for _, s := range r.starts {
			if d, there := c.of(s); there {
				all = append(all, d)
			}
		}
		cells = append(cells, "–")
		if len(all) > len(r.starts)/2 {
			slices.Sort(all)
			cells[len(cells)-1] = fmt.Sprintf("%.1f", float64(all[len(all)/2].Microseconds())/1000)
		}
	}
	return "| " + strings.Join(cells, " | ") + " |"
}
