package auth0

import (
	"context"
	"fmt"
	"slices"

	"usher/internal/problem"
)

// window returns a page of the provider's that begins among the seen users, so that a gap
// after them is noticed. It contains as many others as possible: up to limit and the next one.
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

// read searches until it finds a user that was not seen, or the end.
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
			index-- // some seen users are deleted, so the others have moved up
			continue
		}
		if more && !slices.ContainsFunc(found, func(h hit) bool { return !l.at.Seen.Has(h.ID) }) {
			index, advanced = index+1, true
			continue
		}
		return found, more, nil
	}
}

// beginsAmongSeen reports whether these hits begin with seen users. It ignores users that
// the page omits, which positions do not contain.
func (l leg) beginsAmongSeen(found []hit) bool {
	for _, h := range found {
		if seen := l.at.Seen.Has(h.ID); seen || l.filter.AllowsConnection(h.User) {
			return seen
		}
	}
	return false
}

// moreThan reports whether users follow this page of a search. Without a plausible total,
// they may follow a full page.
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
	const text = "sort: more than %d users have the same %s or an unreadable one. Sort by another member, or filter."
	detail := fmt.Sprintf(text, searchSize-pageSize, l.order().Key)
	return problem.ListTooUniform.New(detail, problem.Field{Field: "sort", Detail: "too many users have the same value"})
}
