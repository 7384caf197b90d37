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
	Passed int       `json:"n"` // how many lay before the next one, when that was looked at
	At     time.Time `json:"t"` // when the last one answered happened …
	Seen   []byte    `json:"s"` // … and which of that instant were answered, as hashes of their ids
}

// hashSize is small, so that a cursor fits into a URL even where all of the
// provider's 1,000 events are of one instant. Two that share a hash are taken
// for one: of a hundred at one instant, one pair in a million.
const hashSize = 4

// Has reports whether the event was answered already, or came in since before
// what was.
func (p *Position) Has(e Event) bool {
	return p != nil && (e.At.After(p.At) || e.At.Equal(p.At) && p.saw(hash(e.ID)))
}

func (p *Position) saw(id []byte) bool {
	for known := range slices.Chunk(p.Seen, hashSize) {
		if bytes.Equal(known, id) {
			return true
		}
	}
	return false
}

// After is the position behind the events, which are newest first and follow
// p; passed is how many lie before the next one.
func (p *Position) After(events []Event, passed int) *Position {
	last := events[len(events)-1]
	next := &Position{Passed: passed, At: last.At}
	if p != nil && p.At.Equal(last.At) {
		next.Seen = slices.Clone(p.Seen)
	}
	for _, e := range events {
		if e.At.Equal(last.At) {
			next.Seen = append(next.Seen, hash(e.ID)...)
		}
	}
	return next
}

func hash(id string) []byte {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id)) // never fails
	return h.Sum(nil)
}
