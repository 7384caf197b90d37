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

// Event is one event of a user. It omits the provider's descriptions, which may quote user
// input.
type Event struct {
	ID         string     `json:"id"`
	Type       Type       `json:"type"`
	At         *time.Time `json:"at,omitempty"` // nil if the provider's date is unreadable
	IP         string     `json:"ip,omitempty"`
	UserAgent  string     `json:"user_agent,omitempty"`
	Connection string     `json:"connection,omitempty"`
	Client     string     `json:"client,omitempty"` // the application's ID at the provider
}

// Page is one page of events. Next is nil on the last page.
type Page struct {
	Events []Event
	Next   *Position
}

// Lister lists a user's events, newest first, after a position (nil for the first page). It
// returns the remaining events of a deleted user, and none for an unknown one. It fails
// with provider errors.
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
			if c.Gone { // the user may have belonged to a connection outside the limits
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

func writePage(
	w http.ResponseWriter, r *http.Request, sealer httpapi.Sealer, userID string, limit int, page Page,
) error {
	body := struct {
		Events []Event `json:"events"`
		Next   string  `json:"next,omitempty"`
	}{Events: page.Events}
	if body.Events == nil {
		body.Events = []Event{} // encodes as [] instead of null
	}
	if page.Next != nil {
		var err error
		if body.Next, err = httpapi.SealCursor(r.Context(), sealer, cursorPurpose, userID, *page.Next); err != nil {
			return err
		}
		httpapi.LinkNext(w, r, body.Next, limit)
	}
	return httpapi.JSON(w, http.StatusOK, body)
}
