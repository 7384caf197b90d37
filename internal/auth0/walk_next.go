package auth0

import (
	"strings"

	"usher/internal/users"
)

// next is the position behind these hits: what a search found up to there, those seen
// before included. ahead is the value of the one who comes then, "" where it is not known.
//
// The last value that can be relied on becomes the position; users who could come again
// behind it are remembered. Where there is no such value the position stays, and the
// walk goes on within the same search.
func (l leg) next(passed []hit, ahead string) *users.Position {
	last := len(passed) - 1
	for last >= 0 && !l.reliable(passed[last].value, ahead) {
		last--
	}
	if last < 0 || sameValue(passed[last].value, l.at.After) {
		next := l.at // all of them would come again
		for _, h := range passed {
			next.Seen = next.Seen.With(h.ID)
		}
		return &next
	}
	value := passed[last].value
	first := last // of those at the end who may share the value
	for first > 0 && (sameValue(passed[first-1].value, value) || !l.reliable(passed[first-1].value, ahead)) {
		first--
	}
	next := &users.Position{After: value, Absent: l.at.Absent}
	if first == 0 || sameValue(passed[0].value, value) {
		next.Seen = l.at.Seen
	}
	for i, h := range passed {
		if i >= first || sameValue(h.value, value) || l.isBehind(h.value, value) {
			next.Seen = next.Seen.With(h.ID)
		}
	}
	return next
}

// nextAfterAll is next where it is not known who comes then. The last of the hits stands
// for that user, so that the walk never goes by a value that nobody has confirmed.
func (l leg) nextAfterAll(passed []hit) *users.Position {
	last := len(passed) - 1
	if last == 0 {
		return l.next(passed, "")
	}
	next := l.next(passed[:last], passed[last].value)
	next.Seen = next.Seen.With(passed[last].ID)
	return next
}

// reliable reports whether the walk may go by a value. One that is out of order is not
// what the provider's index has: it was misread, or has changed since it was indexed.
func (l leg) reliable(value, ahead string) bool {
	return value != "" && !l.isBehind(l.at.After, value) && !l.isBehind(value, ahead)
}

// isBehind reports whether a comes after b in the order for certain. How the provider
// sorts text beyond ASCII, and whether it knows upper from lower case, is not documented.
func (l leg) isBehind(a, b string) bool {
	if a == "" || b == "" || !isASCII(a+b) {
		return false
	}
	if l.order().Descending {
		a, b = b, a
	}
	return a > b && strings.ToLower(a) > strings.ToLower(b)
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > '~' })
}

// sameValue compares as an index does that may not know upper from lower case, in either
// of the two ways: by folding, or by lower-casing, which alone makes "i" of "İ".
func sameValue(a, b string) bool {
	lowerA, lowerB := strings.ToLower(a), strings.ToLower(b)
	return strings.EqualFold(a, b) || lowerA == lowerB
}
