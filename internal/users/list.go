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

// Lister lists users. List answers one page from a position on (nil: from the
// start), eventually consistent. It holds users who belong to the filter alone, and
// neither its length nor its Next tells of others. ByEmail answers all users who have
// an address as it is given or in lower case, at once consistent.
type Lister interface {
	List(ctx context.Context, filter Filter, sort Sort, from *Position, limit int) (Page, error)
	ByEmail(ctx context.Context, email string) ([]User, error)
}

// Page is a part of a list. Next is nil on the last one.
type Page struct {
	Users []User
	Next  *Position
}

// Position is where a walk through a list stands. It says what has been
// answered, not how many, so that users who come and go during the walk
// neither hide nor repeat others.
type Position struct {
	After  string `json:"a,omitempty"` // the last sort value answered …
	Seen   Seen   `json:"s,omitempty"` // … and, where others may share it, who had it
	Absent bool   `json:"m,omitempty"` // among those who lack the sort member
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
			ask, err := parseListing(r)
			if err != nil {
				return err
			}
			if err := ask.limit(c.FrontEnd); err != nil {
				return err
			}
			from, err := httpapi.OpenCursor[Position](r.Context(), sealer, cursorPurpose, ask.binding(), ask.cursor)
			if err != nil {
				return err
			}
			page, err := ask.page(r.Context(), dir, from)
			if err != nil {
				return err
			}
			return writePage(w, r, c, sealer, ask, page)
		},
	}
}

// listing is a request for a page.
type listing struct {
	filter Filter
	email  string
	sort   Sort
	most   int // users on the page
	cursor string
}

func parseListing(r *http.Request) (listing, error) {
	q := httpapi.NewQuery(r)
	ask := listing{
		email:  q.Check("email", valid.KnownEmail),
		sort:   parseSort(q.OneOf("sort", sortParameter()...)),
		most:   q.Int("limit", defaultLimit, 1, maxLimit),
		cursor: q.String("cursor"),
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
	if ask.email != "" && ask.filter.Search != "" {
		q.Refuse("search", "does not go with email, which is exact")
	}
	return ask, q.Err()
}

// searchText is the rule for a search.
func searchText(search string) string {
	switch {
	case len(search) > 200:
		return "is longer than 200 bytes"
	case strings.ContainsFunc(search, unicode.IsControl):
		return "has control characters"
	}
	return ""
}

// limit narrows the request to what the front-end may see, on every page anew.
func (ask *listing) limit(f limits.FrontEnd) error {
	ask.filter.Connections = f.Connections()
	if ask.filter.Connection == "" {
		return nil
	}
	return f.CheckConnection(ask.filter.Connection)
}

func (ask listing) page(ctx context.Context, dir Lister, from *Position) (Page, error) {
	if f := ask.filter.Connections; f != nil && len(f) == 0 {
		return Page{}, nil
	}
	if ask.email == "" {
		return dir.List(ctx, ask.filter, ask.sort, from, ask.most)
	}
	found, err := dir.ByEmail(ctx, ask.email)
	if err != nil {
		return Page{}, err
	}
	return pageOf(found, ask, from), nil
}

func writePage(w http.ResponseWriter, r *http.Request, c api.Call, sealer Sealer, ask listing, page Page) error {
	answer := struct {
		Users []User `json:"users"`
		Next  string `json:"next,omitempty"`
	}{Users: allShown(c, page.Users)}
	if page.Next != nil {
		cursor, err := ask.seal(r.Context(), sealer, *page.Next)
		if err != nil {
			return err
		}
		answer.Next = cursor
		httpapi.LinkNext(w, r, cursor, ask.most)
	}
	return httpapi.JSON(w, http.StatusOK, answer)
}
