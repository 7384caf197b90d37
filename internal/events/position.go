package events

import (
	"bytes"
	"hash/fnv"
	"slices"
	"time"
)

// Position is a position in a user's events. It records the last event, because new events
// shift the offsets of all others.
type Position struct {
	Passed  int       `json:"n"`           // offset of the next event, at the time of the response
	At      time.Time `json:"t"`           // time of the last event returned; zero if no date was readable
	Seen    []byte    `json:"s"`           // hashes of the IDs of the events returned with that time
	Undated []byte    `json:"u,omitempty"` // hashes of the IDs of the events returned without a readable date
}

// hashSize is the size of a hash, in bytes. It is small, so that a cursor fits into a URL
// even if all of the provider's 1,000 events have the same time. Among a hundred events
// with the same time, the probability of a collision is about one in a million.
const hashSize = 4

// Has reports whether the event was already returned, or is newer than the last event.
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

// After returns the position after the events, which are newest first and follow p. passed
// is the offset of the next event.
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
