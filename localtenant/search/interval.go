package search

import (
	"cmp"
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
		return within(n, v, func(text string) (float64, bool) {
			f, err := strconv.ParseFloat(text, 64)
			return f, err == nil
		})
	case string:
		if t, err := time.Parse(time.RFC3339, v); err == nil && isTime(n.field) {
			return n.holdsTime(t)
		}
		return within(n, n.norm(v), func(text string) (string, bool) { return n.norm(text), true })
	}
	return false
}

func (n between) norm(text string) string {
	if folds(n.field) {
		return strings.ToLower(text)
	}
	return text
}

// within compares v with both ends, which read reads.
func within[T cmp.Ordered](n between, v T, read func(string) (T, bool)) bool {
	low, lowOK := read(n.low.text)
	high, highOK := read(n.high.text)
	return (n.low.open || lowOK && (v > low || n.low.inclusive && v == low)) &&
		(n.high.open || highOK && (v < high || n.high.inclusive && v == high))
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
