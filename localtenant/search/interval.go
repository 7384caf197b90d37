package search

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

type bound struct {
	text      string
	open      bool
	inclusive bool
}

// between is a range over numbers, times or text.
type between struct {
	field     string
	low, high bound
}

func (n between) matches(doc map[string]any) bool {
	if strings.HasPrefix(n.field, "user_metadata") {
		return false // Auth0 offers no ranges there
	}
	return slices.ContainsFunc(Values(doc, n.field), n.holds)
}

func (n between) holds(v any) bool {
	switch v := v.(type) {
	case float64:
		return n.holdsNumber(v)
	case string:
		if t, err := time.Parse(time.RFC3339, v); err == nil && isTime(n.field) {
			return n.holdsTime(t)
		}
		if folds(n.field) {
			return n.holdsText(strings.ToLower(v), strings.ToLower)
		}
		return n.holdsText(v, func(s string) string { return s })
	}
	return false
}

func (n between) holdsNumber(v float64) bool {
	low, lowErr := strconv.ParseFloat(n.low.text, 64)
	high, highErr := strconv.ParseFloat(n.high.text, 64)
	return (n.low.open || (lowErr == nil && (v > low || (n.low.inclusive && v == low)))) &&
		(n.high.open || (highErr == nil && (v < high || (n.high.inclusive && v == high))))
}

func (n between) holdsText(v string, norm func(string) string) bool {
	low, high := norm(n.low.text), norm(n.high.text)
	return (n.low.open || v > low || (n.low.inclusive && v == low)) &&
		(n.high.open || v < high || (n.high.inclusive && v == high))
}

// holdsTime treats an end that is given only to the day (or hour, year, …) as the
// whole of that day: inclusive means up to its end, exclusive means not in it.
func (n between) holdsTime(v time.Time) bool {
	if !n.low.open {
		from, to, ok := span(n.low.text)
		if !ok || (n.low.inclusive && v.Before(from)) || (!n.low.inclusive && v.Before(to)) {
			return false
		}
	}
	if !n.high.open {
		from, to, ok := span(n.high.text)
		if !ok || (n.high.inclusive && !v.Before(to)) || (!n.high.inclusive && !v.Before(from)) {
			return false
		}
	}
	return true
}

// span is the stretch of time that a text names: from, and the first instant after.
func span(text string) (from, to time.Time, ok bool) {
	for _, f := range []struct {
		layout string
		next   func(time.Time) time.Time
	}{
		{"2006", func(t time.Time) time.Time { return t.AddDate(1, 0, 0) }},
		{"2006-01", func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }},
		{"2006-01-02", func(t time.Time) time.Time { return t.AddDate(0, 0, 1) }},
		{"2006-01-02T15", func(t time.Time) time.Time { return t.Add(time.Hour) }},
		{"2006-01-02T15:04", func(t time.Time) time.Time { return t.Add(time.Minute) }},
		{"2006-01-02T15:04:05", nil},
		{"2006-01-02T15:04:05Z07:00", nil},
	} {
		t, err := time.Parse(f.layout, text)
		if err != nil {
			continue
		}
		switch {
		case f.next != nil:
			return t, f.next(t), true
		case strings.Contains(text, "."):
			return t, t.Add(time.Millisecond), true
		}
		return t, t.Add(time.Second), true
	}
	return from, to, false
}
