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

// The provider's limits: users in a page, and in all pages of a search.
const (
	pageSize   = 100
	searchSize = 1000
)

// maxPage is the largest page, in bytes. A Lambda returns at most 6 MB, in which each
// quotation mark of the page takes two bytes.
const maxPage = 5 << 19 // 2.5 MiB

// lookAhead limits the additional searches past users that the front-end may not see (ADR
// 11). Each one also requires the time of one attempt.
const lookAhead = 5

// List returns a page of all matching users. It has fewer users than limit if their
// metadata would not fit into a response.
func (u Users) List(ctx context.Context, filter users.Filter, sort users.Sort, from *users.Position, limit int) (users.Page, error) {
	w := walk{search: u.search, filter: filter, sort: sort, ahead: attemptTime(u.client.opts.Deadline)}
	reach := limit
	if w.omitsUsers() {
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

// fits reports whether a page is small enough for a response. Most pages are far below the limit, and are
// not encoded for this.
func fits(page users.Page) bool {
	sum := 0
	for _, u := range page.Users {
		sum += longest(u)
	}
	if sum <= maxPage {
		return true
	}
	text, err := json.Marshal(page.Users)
	return err != nil || len(text) <= maxPage // the writer of the response reports the error
}

// walk is a request's path through a list, in any number of searches.
type walk struct {
	search func(ctx context.Context, l leg, index, size int) (found []hit, more bool, err error)
	filter users.Filter
	sort   users.Sort
	ahead  time.Duration // the remaining time that a search ahead requires
	spent  int           // searches so far
}

// hit is a user in a search result, with the value that the search sorts by.
type hit struct {
	users.User
	value string // "" if it is unreadable; the provider's index may still have it
}

// omitsUsers reports whether a search may find users that the page omits.
func (w *walk) omitsUsers() bool { return w.filter.Connections != nil }

// page returns a page of any size, by searches for reach users each. The provider ends a
// search after 1,000 users, so each page is a new search for the users after the last value.
// It finds users with that value again, and omits those already returned by their IDs.
//
// If users are omitted, neither the page nor its next position depends on them: both follow
// from the returned users and the next one to return.
func (w *walk) page(ctx context.Context, from *users.Position, limit, reach int) (users.Page, error) {
	var page users.Page
	l := leg{filter: w.filter, sort: w.sort}
	if from != nil {
		l.at = *from
	}
	begin, passed := l, []hit(nil) // of this leg: its start, and the visible users so far
	for {
		found, more, err := w.read(ctx, l, reach)
		if problem.Is(err, problem.ListTooUniform) && len(page.Users) > 0 {
			page.Next = &l.at // the next page returns the problem
			return page, nil
		}
		if err != nil {
			return users.Page{}, err
		}
		entering := len(passed) == 0
		for _, h := range found {
			seen := l.at.Seen.Has(h.ID)
			switch {
			case !w.filter.AllowsConnection(h.User), seen && !entering:
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
		usual := false // whether to search again for the same page
		switch {
		case more:
			l.at = *l.nextAfterAll(found)
		case l.at.Absent || !l.omitsAbsent():
			return page, nil
		default: // after the users with the member follow those without
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

// mayLookOn reports whether another search for the next user is allowed.
func (w *walk) mayLookOn(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return w.omitsUsers() && w.spent <= lookAhead && (!ok || time.Until(deadline) >= w.ahead)
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

// longest returns a length that a user's JSON does not exceed.
func longest(u users.User) int {
	const (
		fixed   = 700 // names of members, times, numbers
		perItem = 100 // the same of an identity
		escaped = 6   // bytes of one escaped byte: \u0001
	)
	texts := len(u.ID) + len(u.Email) + len(u.Username) + len(u.PhoneNumber) + len(u.Name) + len(u.GivenName) + len(u.FamilyName) + len(u.Nickname) + len(u.Picture)
	for _, i := range u.Identities {
		texts += len(i.Connection) + len(i.Provider) + len(i.UserID)
	}
	return fixed + perItem*len(u.Identities) + escaped*(texts+len(u.Metadata)+len(u.AppMetadata))
}
