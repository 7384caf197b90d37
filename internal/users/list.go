package users

import (
	"context"
	"net/http"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
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
		email:  q.String("email"),
		sort:   parseSort(q.OneOf("sort", sortParameter()...)),
		most:   q.Int("limit", defaultLimit, 1, maxLimit),
		cursor: q.String("cursor"),
		filter: Filter{
			Search:         q.String("search"),
			Connection:     q.String("connection"),
			EmailVerified:  q.Bool("email_verified"),
			Blocked:        q.Bool("blocked"),
			CreatedAfter:   q.Time("created_after"),
			CreatedBefore:  q.Time("created_before"),
			LastLoginAfter: q.Time("last_login_after"),
			LastLoginUntil: q.Time("last_login_before"),
		},
	}
	if ask.email != "" {
		if fault := httpapi.FaultOfAskedEmail(ask.email); fault != "" {
			q.Refuse("email", fault)
		}
		if ask.filter.Search != "" {
			q.Refuse("search", "does not go with email, which is exact")
		}
	}
	if fault := faultOfSearch(ask.filter.Search); fault != "" {
		q.Refuse("search", fault)
	}
	if c := ask.filter.Connection; c != "" && !httpapi.IsConnection(c) {
		q.Refuse("connection", "is not the name of a connection")
	}
	return ask, q.Err()
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
