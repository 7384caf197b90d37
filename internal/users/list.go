package users

import (
	"context"
	"net/http"
	"strings"
	"unicode"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
	"usher/internal/valid"
)

// Lister lists users. List returns the page after a position (nil for the first page) and
// is eventually consistent. The page length and Next must not depend on users outside the
// filter. ByEmail returns all users with an address in the given spelling or in lower
// case, and is strongly consistent.
type Lister interface {
	List(ctx context.Context, filter Filter, sort Sort, from *Position, limit int) (Page, error)
	ByEmail(ctx context.Context, email string) ([]User, error)
}

// Page is one page of a list. Next is nil on the last page.
type Page struct {
	Users []User
	Next  *Position
}

// Position is a position in a list. It records values instead of an offset, so that users
// who are created or deleted between two pages neither hide nor repeat others.
type Position struct {
	After  string `json:"a,omitempty"` // the last sort value returned
	Seen   Seen   `json:"s,omitempty"` // the users returned with that value, if others may share it
	Absent bool   `json:"m,omitempty"` // whether the position is among the users without a sort value
}

const (
	defaultLimit = 50
	maxLimit     = 100
)

// List serves GET /users.
func List(dir Lister, sealer Sealer) api.Operation {
	return api.Operation{
		Name:        "listusers",
		Routes:      []string{"GET /users"},
		Permissions: []permission.Name{permission.Read},
		TakesQuery:  true,
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			req, err := parseListing(r)
			if err != nil {
				return err
			}
			if err := req.applyLimits(c.FrontEnd); err != nil {
				return err
			}
			from, err := httpapi.OpenCursor[Position](r.Context(), sealer, cursorPurpose, req.binding(), req.cursor)
			if err != nil {
				return err
			}
			page, err := req.page(r.Context(), dir, from)
			if err != nil {
				return err
			}
			return writePage(w, r, c, sealer, req, page)
		},
	}
}

// listing is a request for a page.
type listing struct {
	filter Filter
	email  string
	sort   Sort
	limit  int // users per page
	cursor string
}

func parseListing(r *http.Request) (listing, error) {
	q := httpapi.NewQuery(r)
	req := parseFilters(q)
	req.sort = parseSort(q.OneOf("sort", sortParameter()...))
	req.limit = q.Int("limit", defaultLimit, 1, maxLimit)
	req.cursor = q.String("cursor")
	return req, q.Err()
}

// parseFilters reads the parameters that select users.
func parseFilters(q *httpapi.Query) listing {
	req := listing{
		email: q.Check("email", valid.KnownEmail),
		filter: Filter{
			Search:         q.Check("search", searchText),
			Connection:     q.Check("connection", valid.Connection),
			EmailVerified:  q.Bool("email_verified"),
			Blocked:        q.Bool("blocked"),
			CreatedAfter:   q.Time("created_after"),
			CreatedBefore:  q.Time("created_before"),
			LastLoginAfter: q.Time("last_login_after"),
			LastLoginUntil: q.Time("last_login_before"),
		},
	}
	if req.email != "" && req.filter.Search != "" {
		q.Refuse("search", "cannot be combined with email")
	}
	return req
}

func searchText(search string) string {
	switch {
	case len(search) > 200:
		return "is longer than 200 bytes"
	case strings.ContainsFunc(search, unicode.IsControl):
		return "has control characters"
	}
	return ""
}

// applyLimits restricts the request to the front-end's connections. It runs for every page,
// since the limits may have changed since the cursor was issued.
func (req *listing) applyLimits(f limits.FrontEnd) error {
	req.filter.Connections = f.Connections()
	if req.filter.Connection == "" {
		return nil
	}
	return f.CheckConnection(req.filter.Connection)
}

func (req listing) page(ctx context.Context, dir Lister, from *Position) (Page, error) {
	if f := req.filter.Connections; f != nil && len(f) == 0 {
		return Page{}, nil
	}
	if req.email == "" {
		return dir.List(ctx, req.filter, req.sort, from, req.limit)
	}
	found, err := dir.ByEmail(ctx, req.email)
	if err != nil {
		return Page{}, err
	}
	return emailPage(found, req, from), nil
}

func writePage(w http.ResponseWriter, r *http.Request, c api.Call, sealer Sealer, req listing, page Page) error {
	body := struct {
		Users []User `json:"users"`
		Next  string `json:"next,omitempty"`
	}{Users: allVisibleTo(c, page.Users)}
	if page.Next != nil {
		cursor, err := req.seal(r.Context(), sealer, *page.Next)
		if err != nil {
			return err
		}
		body.Next = cursor
		httpapi.LinkNext(w, r, cursor, req.limit)
	}
	return httpapi.JSON(w, http.StatusOK, body)
}
