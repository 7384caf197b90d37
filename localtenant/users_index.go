package localtenant

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"usher/localtenant/search"
)

// index is what searches see. It trails the directory by lag, as a real
// tenant's does: a new user is found by id at once and by a search later.
type index struct {
	lag     time.Duration
	docs    map[string]entry
	pending []change
}

// entry is a user as it was indexed.
type entry struct {
	doc map[string]any
	seq int
}

type change struct {
	due   time.Time
	id    string
	entry entry // without a document: removed
}

func newIndex() *index { return &index{docs: map[string]entry{}} }

func (x *index) put(u *user, now time.Time) {
	x.change(change{due: now.Add(x.lag), id: u.ID, entry: entry{doc: u.document(), seq: u.seq}}, now)
}

func (x *index) remove(id string, now time.Time) {
	x.change(change{due: now.Add(x.lag), id: id}, now)
}

func (x *index) change(c change, now time.Time) {
	x.pending = append(x.pending, c)
	x.settle(now)
}

// settle applies the changes that are due, in the order in which they were made.
func (x *index) settle(now time.Time) {
	for len(x.pending) > 0 && !x.pending[0].due.After(now) {
		c := x.pending[0]
		x.pending = x.pending[1:]
		if c.entry.doc == nil {
			delete(x.docs, c.id)
		} else {
			x.docs[c.id] = c.entry
		}
	}
}

// ordering is a sort key; descending when down.
type ordering struct {
	field string
	down  bool
}

// find returns the documents that match, in order.
func (x *index) find(q search.Query, by ordering, now time.Time) []map[string]any {
	x.settle(now)
	type hit struct {
		entry
		key any
	}
	var hits []hit
	for _, e := range x.docs {
		if !q.Matches(e.doc) {
			continue
		}
		h := hit{entry: e}
		if values := search.Values(e.doc, by.field); len(values) > 0 {
			h.key = sortKey(values[0])
		}
		hits = append(hits, h)
	}
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(compare(a.key, b.key, by.down), a.seq-b.seq)
	})
	out := make([]map[string]any, len(hits))
	for i, h := range hits {
		out[i] = h.doc
	}
	return out
}

// sortKey is what compare needs of a value: capital letters do not count.
func sortKey(value any) any {
	if text, ok := value.(string); ok {
		return strings.ToLower(text)
	}
	return value
}

// compare orders two sort keys. Documents without one come last either way.
func compare(a, b any, down bool) int {
	if a == nil || b == nil {
		return boolRank(a == nil) - boolRank(b == nil)
	}
	c := 0
	switch a := a.(type) {
	case float64:
		if b, ok := b.(float64); ok {
			c = cmp.Compare(a, b)
		}
	case bool:
		if b, ok := b.(bool); ok {
			c = boolRank(a) - boolRank(b)
		}
	case string:
		if b, ok := b.(string); ok {
			c = strings.Compare(a, b)
		}
	}
	if down {
		return -c
	}
	return c
}

func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}
