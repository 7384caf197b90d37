package session

import (
	"context"
	"net/http"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
)

// Ender ends sessions and revokes their refresh tokens. It fails with
// not-in-providers-plan or with a provider error.
type Ender interface {
	// EndSession ends one of the user's sessions. It fails with session-not-found if the
	// session does not exist or belongs to another user.
	EndSession(ctx context.Context, user limits.UserID, sessionID string) error
	// EndSessions ends all sessions of the user. It succeeds if the user does not exist.
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
		Urgent:      true,
		ServesGone:  true,
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			return httpapi.NoContent(w, provider.EndSession(r.Context(), c.User, c.Parameter("session")))
		},
	}
}
