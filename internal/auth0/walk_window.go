package auth0

import (
	"context"
	"fmt"
	"slices"

	"usher/internal/problem"
)

// window chooses a page of the provider's that begins among those seen, so that
// a hole behind them shows, and holds as many others as it can; one more than
// the limit tells what comes then.
func window(seen, limit int) (index, size int) {
	size = min(seen+limit+1, pageSize)
	most := min(size-seen, limit+1)
	for i := 1; i < seen; i++ {
		s := min((seen-1)/i, pageSize)
		if fresh := min((i+1)*s-seen, limit+1); fresh > most {
			index, size, most = i, s, fresh
		}
	}
	return index, size
}

// read makes one search, or as many as it takes to find somebody who has not been seen.
func (w *walk) read(ctx context.Context, l leg, limit int) (found []hit, more bool, err error) {
	index, size := window(l.at.Seen.Len(), limit)
	for advanced := false; ; {
		if (index+1)*size > searchSize {
			return nil, false, tooManyAlike(l)
		}
		w.spent++
		found, more, err := w.search(ctx, l, index, size)
		if err != nil {
			return nil, false, err
		}
		if index > 0 && !advanced && !l.beginsAmongSeen(found) {
			index-- // some of those seen are gone, so the rest has moved up
			continue
		}
		if more && !slices.ContainsFunc(found, func(h hit) bool { return !l.at.Seen.Has(h.ID) }) {
			index, advanced = index+1, true
			continue
		}
		return found, more, nil
	}
}

// beginsAmongSeen reports whether these hits begin with users who were seen. A user who is
// left out says nothing: positions that are given away do not name them.
func (l leg) beginsAmongSeen(found []hit) bool {
	for _, h := range found {
		if seen := l.at.Seen.Has(h.ID); seen || l.filter.Belongs(h.User) {
			return seen
		}
	}
	return false
}

// moreThan reports whether users follow this page of a search. A total that is not known,
// or is less than what was found, tells nothing: then they may follow a full page.
func moreThan(total int, known bool, index, size, found int) bool {
	switch {
	case found == 0:
		return false
	case !known || total < index*size+found:
		return found >= size
	}
	return total > (index+1)*size
}

func tooManyAlike(l leg) error {
	detail := fmt.Sprintf("sort: more than %d users have the same %s, or none that is legible, so the list cannot go on in this order; choose another or filter", searchSize-pageSize, l.order().Key)
	return problem.ListTooUniform.New(detail, problem.Field{Field: "sort", Detail: "too many users have the same value"})
}
