package events

import (
	"bytes"
	"hash/fnv"
	"slices"
	"time"
)

// Position is where a walk through a history stands. It says which event was
// answered last, and not only how many, since new ones move all others on.
type Position struct {
	Passed  int       `json:"n"`           // how many lay before the next one, when that was looked at
	At      time.Time `json:"t"`           // when the last one answered happened; zero where no date could be read …
	Seen    []byte    `json:"s"`           // … and which of that instant were answered, as hashes of their ids
	Undated []byte    `json:"u,omitempty"` // those answered whose dates cannot be read
}

// hashSize is small, so that a cursor fits into a URL even where all of the
// provider's 1,000 events are of one instant. Two that share a hash are taken
// for one: of a hundred at one instant, one pair in a million.
const hashSize = 4

// Has reports whether the event was answered already, or came in since before
// what was.
func (p *Position) Has(e Event) bool {
	switch {
	case p == nil:
		return false
	case e.At == nil:
		return isAmong(p.Undated, e)
	case p.At.IsZero():
		return false
	}
	return e.At.After(p.At) || e.At.Equal(p.At) && isAmong(p.Seen, e)
}

func isAmong(hashes []byte, e Event) bool {
	id := hash(e.ID)
	for known := range slices.Chunk(hashes, hashSize) {
		if bytes.Equal(known, id) {
			return true
		}
	}
	return false
}

// After is the position behind the events, which are newest first and follow
// p; passed is how many lie before the next one.
func (p *Position) After(events []Event, passed int) *Position {
	next := &Position{Passed: passed}
	if p != nil {
		next.At, next.Seen, next.Undated = p.At, slices.Clone(p.Seen), slices.Clone(p.Undated)
	}
	for _, e := range events {
		switch {
		case e.At == nil:
			next.Undated = append(next.Undated, hash(e.ID)...)
		case e.At.Equal(next.At):
			next.Seen = append(next.Seen, hash(e.ID)...)
		default:
			next.At, next.Seen = *e.At, hash(e.ID)
		}
	}
	return next
}

func hash(id string) []byte {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id)) // never fails
	return h.Sum(nil)
}
