package session

import (
	"context"
	"net/http"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
)

// Ender ends sessions, and revokes the refresh tokens that came of them. Its
// errors are problems: not-in-providers-plan, and those of a failing provider.
type Ender interface {
	// EndSession ends one session of this user's. It fails with
	// session-not-found for another user's as for one that is not there.
	EndSession(ctx context.Context, user limits.UserID, sessionID string) error
	// EndSessions ends all of the user's; a user who is not there has none.
	EndSessions(ctx context.Context, user limits.UserID) error
}

// End serves DELETE /sessions/{user_id}/{session}.
func End(provider Ender) api.Operation {
	return api.Operation{
		Name:        "endsession",
		Routes:      []string{"DELETE /sessions/{user_id}/{session}"},
		Parameters:  api.Parameters{"user_id": api.User, "session": api.Session},
		Permissions: []permission.Name{permission.Sessions},
		Change:      "session.end",
		ServesGone:  true,
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			return httpapi.NoContent(w, provider.EndSession(r.Context(), c.User, c.Parameter("session")))
		},
	}
}
