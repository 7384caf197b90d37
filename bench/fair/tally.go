package main

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// tally counts the results of one class.
type tally struct {
	mu                     sync.Mutex
	done, refused, limited int
	took                   []time.Duration
	others                 map[string]int
}

func (t *tally) note(status int, code string, took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case status >= 200 && status <= 299:
		t.done++
		t.took = append(t.took, took)
	case code == "provider-budget":
		t.refused++
	case status == 429:
		t.limited++
	default:
		if t.others == nil {
			t.others = map[string]int{}
		}
		t.others[code]++
	}
}

// String returns cells of the table.
func (t *tally) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	others := 0
	for _, n := range t.others {
		others += n
	}
	slowest := time.Duration(0)
	if len(t.took) > 0 {
		slices.Sort(t.took)
		slowest = t.took[(len(t.took)-1)*99/100]
	}
	all := t.done + t.refused + t.limited + others
	text := "none"
	if others > 0 {
		text = fmt.Sprint(t.others)
	}
	return fmt.Sprintf("%d | %.1f %% | %.1f s | %d | %d | %s", all, 100*float64(t.done)/float64(max(1, all)), slowest.Seconds(), t.refused, t.limited, text)
}

// levels are what the tenant told about its limits, for all calls of the Management API.
type levels struct {
	mu          sync.Mutex
	calls, over int
	low         int // answers that leave less than the reserve of changes
	lower       int // answers that leave less than one call
}

func (l *levels) note(status, limit, remaining int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls++
	switch {
	case status == 429:
		l.over++
	case remaining < max(1, limit/10):
		l.low++
	}
	if status != 429 && remaining == 0 {
		l.lower++
	}
}

func (l *levels) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	part := func(n int) float64 { return 100 * float64(n) / float64(max(1, l.calls)) }
	return fmt.Sprintf("%d | %.1f %% got 429 | %.1f %% left less than the reserve of changes | %.1f %% left none | |", l.calls, part(l.over), part(l.low), part(l.lower))
}
