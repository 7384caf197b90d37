package session

import (
	"context"
	"net/http"

	"usher/internal/httpapi"
)

// Ender ends sessions, and revokes the refresh tokens that came of them. Its
// errors are problems: not-in-providers-plan, and those of a failing provider.
type Ender interface {
	// EndSession ends one session of this user's. It fails with
	// session-not-found for another user's as for one that is not there.
	EndSession(ctx context.Context, userID, sessionID string) error
	// EndSessions ends all of the user's; a user who is not there has none.
	EndSessions(ctx context.Context, userID string) error
}

// EndAll serves DELETE /sessions/{user_id}: the user is signed out everywhere.
func EndAll(provider Ender) httpapi.Operation {
	handler := func(w http.ResponseWriter, r *http.Request) error {
		id, err := httpapi.OnlyUserID(r, "user_id")
		if err != nil {
			return err
		}
		if err := provider.EndSessions(r.Context(), id); err != nil {
			return err
		}
		return httpapi.NoContent(w)
	}
	return httpapi.Operation{Routes: []string{"DELETE /sessions/{user_id}"}, Handler: handler, Change: "session.end-all"}
}

// End serves DELETE /sessions/{user_id}/{session}.
func End(provider Ender) httpapi.Operation {
	handler := func(w http.ResponseWriter, r *http.Request) error {
		userID, err := httpapi.OnlyUserID(r, "user_id")
		if err != nil {
			return err
		}
		sessionID, err := httpapi.PathID(r, "session")
		if err != nil {
			return err
		}
		if err := provider.EndSession(r.Context(), userID, sessionID); err != nil {
			return err
		}
		return httpapi.NoContent(w)
	}
	return httpapi.Operation{Routes: []string{"DELETE /sessions/{user_id}/{session}"}, Handler: handler, Change: "session.end"}
}
