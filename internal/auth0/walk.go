package auth0

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/auth0/go-auth0/v3/management"

	"usher/internal/problem"
	"usher/internal/users"
)

// The provider's limits: users a page, and users a search in all.
const (
	pageSize   = 100
	searchSize = 1000
)

// maxPage bounds a page, in bytes: a Lambda answers with 6 MB at most, in which
// every quotation mark of the page takes two.
const maxPage = 5 << 19 // 2.5 MiB

// List answers one page of a walk through all users that match. It holds fewer than
// the limit where so many of them, with their metadata, would not fit an answer.
func (u Users) List(ctx context.Context, filter users.Filter, sort users.Sort, from *users.Position, limit int) (users.Page, error) {
	for ; ; limit /= 2 {
		page, err := u.list(ctx, filter, sort, from, limit)
		if limit == 1 || !errors.Is(err, errTooLarge) && fits(page) {
			return page, err
		}
	}
}

func fits(page users.Page) bool {
	text, err := json.Marshal(page.Users)
	return err != nil || len(text) <= maxPage // what cannot be encoded is its writer's to report
}

// list answers a page, however large. The provider
// ends every search after 1,000 users, so the walk does not count: each page
// is a search of its own for what lies behind the last value answered. Those
// who share that value are asked for again and left out by id.
func (u Users) list(ctx context.Context, filter users.Filter, sort users.Sort, from *users.Position, limit int) (users.Page, error) {
	at := users.Position{}
	if from != nil {
		at = *from
	}
	leg := leg{filter: filter, sort: sort, at: at}
	page, err := u.pageOf(ctx, leg, limit)
	if err != nil {
		return users.Page{}, err
	}
	if page.Next != nil || at.Absent || !leg.leavesOutAbsent() {
		return page, nil
	}
	// Those who have the member are through: on to those who lack it.
	if missing := limit - len(page.Users); missing > 0 {
		leg.at = users.Position{Absent: true}
		rest, err := u.pageOf(ctx, leg, missing)
		return users.Page{Users: append(page.Users, rest.Users...), Next: rest.Next}, err
	}
	page.Next = &users.Position{Absent: true}
	return page, nil
}

// leg is the part of a walk that one search can serve: users with the sort
// member, in its order; or those without, in the order of their creation.
type leg struct {
	filter users.Filter
	sort   users.Sort
	at     users.Position
}

func (l leg) leavesOutAbsent() bool { return l.sort.Key != "created_at" }

// order is the sort that the search itself uses.
func (l leg) order() users.Sort {
	if l.at.Absent {
		return users.Sort{Key: "created_at"}
	}
	return l.sort
}

func (l leg) query() string {
	all := clauses(l.filter)
	switch {
	case l.at.Absent:
		all = append(all, "NOT _exists_:"+l.sort.Key)
	case l.leavesOutAbsent():
		all = append(all, "_exists_:"+l.sort.Key)
	}
	if l.at.After != "" {
		all = append(all, l.behind())
	}
	return strings.Join(all, " AND ")
}

// behind is the range that is left: with the last value where others may share
// it, without where all of them have been answered.
func (l leg) behind() string {
	open, shut := "{", "}"
	if len(l.at.Seen) > 0 {
		open, shut = "[", "]"
	}
	order := l.order()
	if order.Descending {
		return order.Key + ":[* TO " + quote(l.at.After) + shut
	}
	return order.Key + ":" + open + quote(l.at.After) + " TO *]"
}

func (l leg) sortParameter() string {
	order := l.order()
	if order.Descending {
		return order.Key + ":-1"
	}
	return order.Key + ":1"
}

// next is the position behind the last of these users. ahead is the one who
// comes then, where it is known.
func (l leg) next(answered []users.User, ahead *users.User) *users.Position {
	key := l.order().Key
	last := users.SortValue(answered[len(answered)-1], key)
	next := users.Position{After: last, Absent: l.at.Absent}
	if ahead != nil && isInstant(key) && users.SortValue(*ahead, key) != last {
		return &next // nobody else has the last value
	}
	if sameValue(l.at.After, last) {
		next.Seen = l.at.Seen
	}
	for _, user := range answered {
		if sameValue(users.SortValue(user, key), last) {
			next.Seen = next.Seen.With(user.ID)
		}
	}
	return &next
}

// sameValue compares as an index does that may not know upper from lower case.
func sameValue(a, b string) bool { return strings.EqualFold(a, b) }

func isInstant(key string) bool { return strings.HasSuffix(key, "_at") || key == "last_login" }

func (u Users) pageOf(ctx context.Context, l leg, limit int) (users.Page, error) {
	index, size := window(l.at.Seen.Len(), limit)
	for advanced := false; ; {
		if (index+1)*size > searchSize {
			return users.Page{}, tooManyAlike(l)
		}
		found, more, err := u.search(ctx, l, index, size)
		if err != nil {
			return users.Page{}, err
		}
		if index > 0 && !advanced && (len(found) == 0 || !l.at.Seen.Has(found[0].ID)) {
			index-- // some of those seen are gone, so the rest has moved up
			continue
		}
		fresh := unseen(found, l.at.Seen)
		if len(fresh) == 0 && more {
			index, advanced = index+1, true
			continue
		}
		return l.cut(fresh, more, limit), nil
	}
}

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

// cut makes a page of what was found.
func (l leg) cut(fresh []users.User, more bool, limit int) users.Page {
	switch {
	case len(fresh) > limit:
		return users.Page{Users: fresh[:limit], Next: l.next(fresh[:limit], &fresh[limit])}
	case more && len(fresh) > 0:
		return users.Page{Users: fresh, Next: l.next(fresh, nil)}
	default:
		return users.Page{Users: fresh}
	}
}

func unseen(found []users.User, seen users.Seen) []users.User {
	fresh := make([]users.User, 0, len(found))
	for _, user := range found {
		if !seen.Has(user.ID) {
			fresh = append(fresh, user)
		}
	}
	return fresh
}

func tooManyAlike(l leg) error {
	detail := fmt.Sprintf("sort: more than %d users have the same %s, so the list cannot go on in this order; choose another or filter", searchSize-pageSize, l.order().Key)
	return problem.ListTooUniform.New(detail, problem.Field{Field: "sort", Detail: "too many users have the same value"})
}

// search is one call to the provider.
func (u Users) search(ctx context.Context, l leg, index, size int) (found []users.User, more bool, err error) {
	sort, engine := l.sortParameter(), management.SearchEngineVersionsEnumV3
	request := &management.ListUsersRequestParameters{Page: &index, PerPage: &size, Sort: &sort, SearchEngine: &engine}
	if q := l.query(); q != "" {
		request.Q = &q
	}
	body, err := call(ctx, func(ctx context.Context) (any, error) { return u.client.users.List(ctx, request) })
	var total int
	var known bool
	if err == nil {
		found, total, known, err = u.client.pageIn(ctx, body)
	}
	if err != nil {
		return nil, false, fmt.Errorf("list users: %w", providerProblem(err))
	}
	if !known { // a full page means that there is more
		return found, len(found) >= size, nil
	}
	return found, total > (index+1)*size, nil
}

// pageIn reads a page of a search, and how many users there are in all, where that
// is known.
func (c *Client) pageIn(ctx context.Context, body []byte) (found []users.User, total int, known bool, err error) {
	r := c.reading(ctx)
	root, items, err := r.list(body, "users")
	if err != nil {
		return nil, 0, false, err
	}
	found, err = r.users(items)
	total, known = r.count("users.total", root.Get("total"))
	return found, total, known, err
}
