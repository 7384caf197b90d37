package auth0

import (
	"strings"

	"usher/internal/users"
)

// next returns the position after these hits: the results of a search so far, including
// users already returned. ahead is the value of the next user; "" if unknown.
//
// The position is the last reliable value, plus the users that could appear again after it.
// Without a reliable value the position stays, and the walk continues within the same search.
func (l leg) next(passed []hit, ahead string) *users.Position {
	last := len(passed) - 1
	for last >= 0 && !l.reliable(passed[last].value, ahead) {
		last--
	}
	if last < 0 || sameValue(passed[last].value, l.at.After) {
		next := l.at // all hits would appear again
		for _, h := range passed {
			next.Seen = next.Seen.With(h.ID)
		}
		return &next
	}
	value := passed[last].value
	first := last // of the last hits that may have the same value
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

// nextAfterAll is next for an unknown next user. The last hit takes that user's place, so
// that the walk relies only on a confirmed value.
func (l leg) nextAfterAll(passed []hit) *users.Position {
	last := len(passed) - 1
	if last == 0 {
		return l.next(passed, "")
	}
	next := l.next(passed[:last], passed[last].value)
	next.Seen = next.Seen.With(passed[last].ID)
	return next
}

// reliable reports whether the walk may use a value. A value out of order differs from the
// provider's index: it was misread, or has changed since.
func (l leg) reliable(value, ahead string) bool {
	return value != "" && !l.isBehind(l.at.After, value) && !l.isBehind(value, ahead)
}

// isBehind reports whether a certainly comes after b. It is not documented how the provider
// sorts text beyond ASCII and upper case.
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

// sameValue compares like an index that may ignore case, by either method: case folding, or
// lower-casing, which alone maps "İ" to "i".
func sameValue(a, b string) bool {
	lowerA, lowerB := strings.ToLower(a), strings.ToLower(b)
	return strings.EqualFold(a, b) || lowerA == lowerB
}
