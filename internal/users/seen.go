package users

import (
	"bytes"
	"crypto/sha256"
	"slices"
)

// Seen is a compact set of users for a cursor. It stores the first bytes of a hash of each
// user's ID. In the largest possible set, the probability of a collision is one in a million.
type Seen []byte

const seenBytes = 5

// Has reports whether the user is in the set.
func (s Seen) Has(id string) bool {
	want := shortHash(id)
	for hash := range slices.Chunk(s, seenBytes) {
		if bytes.Equal(hash, want) {
			return true
		}
	}
	return false
}

// With returns the set with the user added.
func (s Seen) With(id string) Seen {
	if s.Has(id) {
		return s
	}
	return append(slices.Clip(s), shortHash(id)...)
}

// Len returns the number of users in the set.
func (s Seen) Len() int { return len(s) / seenBytes }

func shortHash(id string) []byte {
	sum := sha256.Sum256([]byte(id))
	return sum[:seenBytes]
}
