package auth0

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/auth0/go-auth0/v3/management"

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
	w := walk{search: u.search, filter: filter, sort: sort}
	for ; ; limit /= 2 {
		page, err := w.page(ctx, from, limit)
		if limit == 1 || !errors.Is(err, errTooLarge) && fits(page) {
			return page, err
		}
	}
}

func fits(page users.Page) bool {
	text, err := json.Marshal(page.Users)
	return err != nil || len(text) <= maxPage // what cannot be encoded is its writer's to report
}

// walk is a way through a list, by any number of searches.
type walk struct {
	search func(ctx context.Context, l leg, index, size int) (found []hit, more bool, err error)
	filter users.Filter
	sort   users.Sort
}

// hit is a user whom a search found, and the sort value that the search went by.
type hit struct {
	users.User
	value string // "" where it is not legible, though the provider's index may have it
}

// page answers a page, however large. The provider
// ends every search after 1,000 users, so the walk does not count: each page
// is a search of its own for what lies behind the last value answered. Those
// who share that value are asked for again and left out by id.
func (w walk) page(ctx context.Context, from *users.Position, limit int) (users.Page, error) {
	at := users.Position{}
	if from != nil {
		at = *from
	}
	l := leg{filter: w.filter, sort: w.sort, at: at}
	page, err := w.pageOf(ctx, l, limit)
	if err != nil {
		return users.Page{}, err
	}
	if page.Next != nil || at.Absent || !l.leavesOutAbsent() {
		return page, nil
	}
	// Those who have the member are through: on to those who lack it.
	if missing := limit - len(page.Users); missing > 0 {
		l.at = users.Position{Absent: true}
		rest, err := w.pageOf(ctx, l, missing)
		return users.Page{Users: append(page.Users, rest.Users...), Next: rest.Next}, err
	}
	page.Next = &users.Position{Absent: true}
	return page, nil
}

// pageOf answers the part of a page that one leg has.
func (w walk) pageOf(ctx context.Context, l leg, limit int) (users.Page, error) {
	found, more, err := w.read(ctx, l, limit)
	if err != nil {
		return users.Page{}, err
	}
	var page users.Page
	for i, h := range found {
		if l.at.Seen.Has(h.ID) {
			continue
		}
		if len(page.Users) == limit {
			page.Next = l.next(found[:i], h.value)
			return page, nil
		}
		page.Users = append(page.Users, h.User)
	}
	if more && len(page.Users) > 0 {
		page.Next = l.nextAfterAll(found)
	}
	return page, nil
}

// search is one call to the provider.
func (u Users) search(ctx context.Context, l leg, index, size int) (found []hit, more bool, err error) {
	sort, engine := l.sortParameter(), management.SearchEngineVersionsEnumV3
	request := &management.ListUsersRequestParameters{Page: &index, PerPage: &size, Sort: &sort, SearchEngine: &engine}
	if q := l.query(); q != "" {
		request.Q = &q
	}
	body, err := call(ctx, func(ctx context.Context) (any, error) { return u.client.users.List(ctx, request) })
	if err != nil {
		return nil, false, fmt.Errorf("list users: %w", providerProblem(err))
	}
	r := u.client.reading(ctx)
	root, items, err := r.list(body, "users")
	if err == nil {
		found, err = r.hits(items, l.order().Key)
	}
	if err != nil {
		return nil, false, fmt.Errorf("list users: %w", providerProblem(err))
	}
	total, known := r.count("users.total", root.Get("total"))
	return found, moreThan(total, known, index, size, len(found)), nil
}
