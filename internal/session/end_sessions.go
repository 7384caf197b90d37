package session

import (
	"net/http"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/permission"
)

// EndSessions serves DELETE /sessions/{user_id}: the user is signed out everywhere.
func EndSessions(provider Ender) api.Operation {
	return api.Operation{
		Name:        "endsessions",
		Routes:      []string{"DELETE /sessions/{user_id}"},
		Parameters:  api.Parameters{"user_id": api.User},
		Permissions: []permission.Name{permission.Sessions},
		Change:      "session.end-all",
		Urgent:      true,
		ServesGone:  true,
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			return httpapi.NoContent(w, provider.EndSessions(r.Context(), c.User))
		},
	}
}
