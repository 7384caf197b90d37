package events

import (
	"context"
	"net/http"
	"time"

	"usher/internal/httpapi"
	"usher/internal/limits"
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
	Events(ctx context.Context, userID string, from *Position, limit int) (Page, error)
}

const (
	cursorPurpose = "events-cursor"
	defaultLimit  = 50
	maxLimit      = 100
)

// List serves GET /events/{user_id}.
func List(log Lister, sealer httpapi.Sealer) httpapi.Operation {
	handler := func(w http.ResponseWriter, r *http.Request) error {
		q := httpapi.NewQuery(r)
		limit, cursor := q.Int("limit", defaultLimit, 1, maxLimit), q.String("cursor")
		if err := q.Err(); err != nil {
			return err
		}
		id, err := httpapi.UserID(r, "user_id")
		if err != nil {
			return err
		}
		from, err := httpapi.OpenCursor[Position](r.Context(), sealer, cursorPurpose, id, cursor)
		if err != nil {
			return err
		}
		if limits.Gone(r.Context()) { // and with them, whether the front-end may see what they did
			return writePage(w, r, sealer, id, limit, Page{})
		}
		page, err := log.Events(r.Context(), id, from, limit)
		if err != nil {
			return err
		}
		return writePage(w, r, sealer, id, limit, page)
	}
	return httpapi.Operation{Routes: []string{"GET /events/{user_id}"}, Handler: handler}
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
