package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// The limits of a job.
const (
	maxLines = 10_000
	maxBytes = 4_000_000
)

// part is the records of one job.
type part struct {
	first int // the index of its first record in the input
	lines int
	body  []byte
}

// split splits records into parts that a job accepts.
func split(records [][]byte, lines int) []part {
	var parts []part
	for i, record := range records {
		last := len(parts) - 1
		if last < 0 || parts[last].lines == lines || len(parts[last].body)+len(record)+1 > maxBytes {
			parts = append(parts, part{first: i})
			last++
		}
		parts[last].body = append(append(parts[last].body, record...), '\n')
		parts[last].lines++
	}
	return parts
}

// key is the Idempotency-Key of a part: the same for the same records at the same place, and the same options.
func (p part) key(o options) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s?%s\n%s\n%d\n%s", o.kind, o.query, o.key, p.first, p.body))
	return hex.EncodeToString(sum[:])
}
