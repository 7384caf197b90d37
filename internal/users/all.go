package users

import (
	"context"
	"time"

	"usher/internal/api"
	"usher/internal/httpapi"
)

// All selects users by the filters of GET /users, for a walk through all of them.
type All struct{ req listing }

// ParseAll reads the filters of a query. The query collects their faults.
func ParseAll(q *httpapi.Query) All {
	req := parseFilters(q)
	req.sort, req.limit = parseSort(""), maxLimit
	return All{req: req}
}

// CreatedBefore also excludes the users who were created at this time or later.
func (a All) CreatedBefore(t time.Time) All {
	if bound := a.req.filter.CreatedBefore; bound.IsZero() || t.Before(bound) {
		a.req.filter.CreatedBefore = t
	}
	return a
}

// Page returns a page of the users that the caller may see, in order of creation. The limits of the
// caller apply to each page, since they may change during a walk.
func (a All) Page(ctx context.Context, dir Lister, c api.Call, from *Position) (Page, error) {
	req := a.req
	if err := req.applyLimits(c.FrontEnd); err != nil {
		return Page{}, err
	}
	page, err := req.page(ctx, dir, from)
	page.Users = allVisibleTo(c, page.Users)
	return page, err
}
