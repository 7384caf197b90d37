package events

import (
	"context"
	"net/http"
	"time"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
)

// Event is a line of a user's history. It holds nothing of the provider's own
// sentences, which may quote what somebody typed.
type Event struct {
	ID         string     `json:"id"`
	Type       Type       `json:"type"`
	At         *time.Time `json:"at,omitempty"` // nil where the provider's date cannot be read
	IP         string     `json:"ip,omitempty"`
	UserAgent  string     `json:"user_agent,omitempty"`
	Connection string     `json:"connection,omitempty"`
	Client     string     `json:"client,omitempty"` // the application's id at the provider
}

// Page is a part of a history. Next is nil on the last one.
type Page struct {
	Events []Event
	Next   *Position
}

// Lister lists what is known of a user, newest first, from a position on (nil:
// from now). A user who is not there has no history, or that of one who was.
// Its errors are those of a failing provider.
type Lister interface {
	Events(ctx context.Context, user limits.UserID, from *Position, limit int) (Page, error)
}

const (
	cursorPurpose = "events-cursor"
	defaultLimit  = 50
	maxLimit      = 100
)

// List serves GET /events/{user_id}.
func List(log Lister, sealer httpapi.Sealer) api.Operation {
	return api.Operation{
		Name:        "listevents",
		Routes:      []string{"GET /events/{user_id}"},
		Parameters:  api.Parameters{"user_id": api.User},
		Permissions: []permission.Name{permission.Support},
		TakesQuery:  true,
		ServesGone:  true,
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			q := httpapi.NewQuery(r)
			limit, cursor := q.Int("limit", defaultLimit, 1, maxLimit), q.String("cursor")
			if err := q.Err(); err != nil {
				return err
			}
			from, err := httpapi.OpenCursor[Position](r.Context(), sealer, cursorPurpose, c.User.String(), cursor)
			if err != nil {
				return err
			}
			if c.Gone { // the front-end may not see what users of other connections did
				return writePage(w, r, sealer, c.User.String(), limit, Page{})
			}
			page, err := log.Events(r.Context(), c.User, from, limit)
			if err != nil {
				return err
			}
			return writePage(w, r, sealer, c.User.String(), limit, page)
		},
	}
}

func writePage(w http.ResponseWriter, r *http.Request, sealer httpapi.Sealer, userID string, limit int, page Page) error {
	answer := struct {
		Events []Event `json:"events"`
		Next   string  `json:"next,omitempty"`
	}{Events: page.Events}
	if answer.Events == nil {
		answer.Events = []Event{} // an empty list, not null
	}
	if page.Next != nil {
		var err error
		if answer.Next, err = httpapi.SealCursor(r.Context(), sealer, cursorPurpose, userID, *page.Next); err != nil {
			return err
		}
		httpapi.LinkNext(w, r, answer.Next, limit)
	}
	return httpapi.JSON(w, http.StatusOK, answer)
}
