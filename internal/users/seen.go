package users

import (
	"bytes"
	"crypto/sha256"
	"slices"
)

// Seen is a set of users, kept small: it travels in a cursor. A user is known
// by the first bytes of a hash of the id; in the largest set that a walk can
// hold, a mistake has a chance of one in a million.
type Seen []byte

const seenBytes = 5

// Has reports whether the user is in the set.
func (s Seen) Has(id string) bool {
	mark := markOf(id)
	for known := range slices.Chunk(s, seenBytes) {
		if bytes.Equal(known, mark) {
			return true
		}
	}
	return false
}

// With returns the set with this user as well.
func (s Seen) With(id string) Seen {
	if s.Has(id) {
		return s
	}
	return append(slices.Clip(s), markOf(id)...)
}

// Len is the number of users in the set.
func (s Seen) Len() int { return len(s) / seenBytes }

func markOf(id string) []byte {
	sum := sha256.Sum256([]byte(id))
	return sum[:seenBytes]
}
