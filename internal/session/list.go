package session

import (
	"context"
	"net/http"
	"time"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
)

// Session is a user's session at the provider, in one browser. Unknown times are nil.
type Session struct {
	ID              string     `json:"id"`
	CreatedAt       *time.Time `json:"created_at,omitempty"`
	AuthenticatedAt *time.Time `json:"authenticated_at,omitempty"` // last authentication
	LastUsedAt      *time.Time `json:"last_used_at,omitempty"`
	ExpiresAt       *time.Time `json:"expires_at,omitempty"`      // absolute expiry
	IdleExpiresAt   *time.Time `json:"idle_expires_at,omitempty"` // expiry without further use
	Device          Device     `json:"device"`
	Methods         []string   `json:"methods"` // see Authentication
}

// Device describes the browser of a session.
type Device struct {
	IP             string `json:"ip,omitempty"` // last seen
	UserAgent      string `json:"user_agent,omitempty"`
	FirstIP        string `json:"first_ip,omitempty"`
	FirstUserAgent string `json:"first_user_agent,omitempty"`
}

// Page is one page of a list. Next is the provider's token for the next page; "" on the
// last page.
type Page struct {
	Sessions []Session
	Next     string
}

// Lister lists a user's sessions; none if the user does not exist. It fails with
// not-in-providers-plan or with a provider error.
type Lister interface {
	Sessions(ctx context.Context, user limits.UserID, from string, limit int) (Page, error)
}

const (
	cursorPurpose = "sessions-cursor"
	defaultLimit  = 50
	maxLimit      = 100
)

// List serves GET /sessions/{user_id}.
func List(provider Lister, sealer Sealer) api.Operation {
	return api.Operation{
		Name:        "listsessions",
		Routes:      []string{"GET /sessions/{user_id}"},
		Parameters:  api.Parameters{"user_id": api.User},
		Permissions: []permission.Name{permission.Sessions},
		TakesQuery:  true,
		ServesGone:  true,
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			q := httpapi.NewQuery(r)
			limit, cursor := q.Int("limit", defaultLimit, 1, maxLimit), q.String("cursor")
			if err := q.Err(); err != nil {
				return err
			}
			from, err := httpapi.OpenCursor[string](r.Context(), sealer, cursorPurpose, c.User.String(), cursor)
			if err != nil {
				return err
			}
			if from == nil {
				from = new(string)
			}
			page, err := provider.Sessions(r.Context(), c.User, *from, limit)
			if err != nil {
				return err
			}
			return writePage(w, r, sealer, c.User.String(), limit, page)
		},
	}
}

func writePage(w http.ResponseWriter, r *http.Request, sealer Sealer, userID string, limit int, page Page) error {
	body := struct {
		Sessions []Session `json:"sessions"`
		Next     string    `json:"next,omitempty"`
	}{Sessions: page.Sessions}
	if body.Sessions == nil {
		body.Sessions = []Session{} // encodes as [] instead of null
	}
	if page.Next != "" {
		var err error
		if body.Next, err = httpapi.SealCursor(r.Context(), sealer, cursorPurpose, userID, page.Next); err != nil {
			return err
		}
		httpapi.LinkNext(w, r, body.Next, limit)
	}
	return httpapi.JSON(w, http.StatusOK, body)
}
