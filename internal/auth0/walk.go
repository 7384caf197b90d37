package auth0

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

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

// The bounds of looking past users whom the front-end may not see (ADR 11): searches
// beyond the first. For each, the time of one attempt has to be left.
const lookAhead = 5

// List answers one page of a walk through all users that match. It holds fewer than
// the limit where so many of them, with their metadata, would not fit an answer.
func (u Users) List(ctx context.Context, filter users.Filter, sort users.Sort, from *users.Position, limit int) (users.Page, error) {
	w := walk{search: u.search, filter: filter, sort: sort, ahead: ofOneAttempt(u.client.opts.Deadline)}
	reach := limit
	if w.leavesOut() {
		reach = pageSize
	}
	for {
		page, err := w.page(ctx, from, limit, reach)
		switch {
		case errors.Is(err, errTooLarge) && reach > 1:
			reach /= 2
		case err == nil && limit > 1 && !fits(page):
			limit /= 2
			reach = min(reach, limit)
		default:
			return page, err
		}
	}
}

func fits(page users.Page) bool {
	text, err := json.Marshal(page.Users)
	return err != nil || len(text) <= maxPage // what cannot be encoded is its writer's to report
}

// walk is one request's way through a list, by any number of searches.
type walk struct {
	search func(ctx context.Context, l leg, index, size int) (found []hit, more bool, err error)
	filter users.Filter
	sort   users.Sort
	ahead  time.Duration // what has to be left of the request's time to look ahead
	spent  int           // searches so far
}

// hit is a user whom a search found, and the sort value that the search went by.
type hit struct {
	users.User
	value string // "" where it is not legible, though the provider's index may have it
}

// leavesOut reports whether a search may find users who are not answered.
func (w *walk) leavesOut() bool { return w.filter.Connections != nil }

// page answers a page, however large, by searches for reach users at a time. The provider
// ends every search after 1,000 users, so the walk does not count: each page
// is a separate search for what lies behind the last value answered. Those
// who share that value are asked for again and left out by id.
//
// Where users are left out, neither the page nor the position behind it depends on them:
// both are made of those answered and of the one who is to be answered next.
func (w *walk) page(ctx context.Context, from *users.Position, limit, reach int) (users.Page, error) {
	var page users.Page
	l := leg{filter: w.filter, sort: w.sort}
	if from != nil {
		l.at = *from
	}
	begin, passed := l, []hit(nil) // of this leg: where it was entered, and whom it may show up to here
	for {
		found, more, err := w.read(ctx, l, reach)
		if problem.Is(err, problem.ListTooUniform) && len(page.Users) > 0 {
			page.Next = &l.at // where the next page says so
			return page, nil
		}
		if err != nil {
			return users.Page{}, err
		}
		entering := len(passed) == 0
		for _, h := range found {
			seen := l.at.Seen.Has(h.ID)
			switch {
			case !w.filter.Belongs(h.User), seen && !entering:
				continue
			case seen:
			case len(page.Users) == limit:
				page.Next = begin.next(passed, h.value)
				return page, nil
			default:
				page.Users = append(page.Users, h.User)
			}
			passed = append(passed, h)
		}
		usual := false // is it to search once more for the same page
		switch {
		case more:
			l.at = *l.nextAfterAll(found)
		case l.at.Absent || !l.leavesOutAbsent():
			return page, nil
		default: // those who have the member are through: on to those who lack it
			l.at = users.Position{Absent: true}
			begin, passed = l, nil
			usual = len(page.Users) < limit
		}
		if !usual && !w.mayLookOn(ctx) {
			page.Next = &l.at
			return page, nil
		}
	}
}

// mayLookOn reports whether another search may be made to find who comes next.
func (w *walk) mayLookOn(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return w.leavesOut() && w.spent <= lookAhead && (!ok || time.Until(deadline) >= w.ahead)
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
