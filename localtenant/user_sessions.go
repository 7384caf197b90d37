package localtenant

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

func (s *session) document() map[string]any {
	clients := []any{}
	for _, id := range s.clients {
		clients = append(clients, map[string]any{"client_id": id})
	}
	methods := []any{}
	for _, name := range append([]string{"pwd"}, s.methods...) {
		methods = append(methods, map[string]any{"name": name, "timestamp": s.authTime.Format(timeFormat)})
	}
	doc := map[string]any{
		"id": s.id, "user_id": s.userID, "created_at": s.created.Format(timeFormat), "updated_at": s.used.Format(timeFormat),
		"authenticated_at":   s.authTime.Format(timeFormat),
		"last_interacted_at": s.used.Format(timeFormat),
		"idle_expires_at":    s.idle.after(s.used).Format(timeFormat),
		"expires_at":         s.maximum.after(s.created).Format(timeFormat),
		"device": map[string]any{
			"initial_ip": s.ip, "initial_user_agent": s.agent, "last_ip": s.ip, "last_user_agent": s.agent,
		},
		"clients": clients, "authentication": map[string]any{"methods": methods},
		"cookie": map[string]any{"mode": "persistent"},
	}
	if s.metadata != nil {
		doc["session_metadata"] = s.metadata
	}
	return doc
}

// live are the sessions of a user that have not run out, oldest first.
func (t *Tenant) live(userID string) []*session {
	out := []*session{}
	for _, s := range t.sessions {
		if s.userID == userID && t.now().Before(s.expires()) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b *session) int {
		if c := a.created.Compare(b.created); c != 0 {
			return c
		}
		return strings.Compare(a.id, b.id)
	})
	return out
}

// listUserSessions serves GET /api/v2/users/{user_id}/sessions.
func (t *Tenant) listUserSessions(w http.ResponseWriter, r *http.Request) error {
	items := []map[string]any{}
	for _, s := range t.live(r.PathValue("user_id")) {
		items = append(items, s.document())
	}
	return writeCheckpoint(w, r, "sessions", "id", items)
}

// deleteUserSessions serves DELETE /api/v2/users/{user_id}/sessions.
func (t *Tenant) deleteUserSessions(w http.ResponseWriter, r *http.Request) error {
	for _, s := range t.live(r.PathValue("user_id")) {
		t.endSession(s.id)
	}
	return accepted(w)
}

// accepted answers what a real tenant finishes later; this one has done it.
func accepted(w http.ResponseWriter) error {
	return writeJSON(w, http.StatusAccepted, struct{}{})
}

func (t *Tenant) session(id string) (*session, error) {
	s, ok := t.sessions[id]
	if !ok || !t.now().Before(s.expires()) {
		return nil, newAPIError(http.StatusNotFound, "session_not_found", "The session does not exist.")
	}
	return s, nil
}

// getSession serves GET /api/v2/sessions/{id}.
func (t *Tenant) getSession(w http.ResponseWriter, r *http.Request) error {
	s, err := t.session(r.PathValue("id"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, s.document())
}

// updateSession serves PATCH /api/v2/sessions/{id}: its metadata.
func (t *Tenant) updateSession(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Metadata map[string]any `json:"session_metadata"`
	}
	if err := decode(r, &in); err != nil {
		return err
	}
	s, err := t.session(r.PathValue("id"))
	if err != nil {
		return err
	}
	s.metadata = in.Metadata
	return writeJSON(w, http.StatusOK, s.document())
}

// deleteSession serves DELETE /api/v2/sessions/{id}. Refresh tokens outlive it.
func (t *Tenant) deleteSession(w http.ResponseWriter, r *http.Request) error {
	t.endSession(r.PathValue("id"))
	return accepted(w)
}

// revokeSession serves POST /api/v2/sessions/{id}/revoke: with its refresh tokens.
func (t *Tenant) revokeSession(w http.ResponseWriter, r *http.Request) error {
	s, err := t.session(r.PathValue("id"))
	if err != nil {
		return err
	}
	t.endSession(s.id)
	t.endRefreshTokens(func(rt *refreshToken) bool { return rt.grant.sessionID == s.id })
	return accepted(w)
}

// revokeAccess serves POST /api/v2/users/{id}/revoke-access.
func (t *Tenant) revokeAccess(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		SessionID string `json:"session_id"`
		Preserve  bool   `json:"preserve_refresh_tokens"`
	}
	if r.ContentLength != 0 {
		if err := decode(r, &in); err != nil {
			return err
		}
	}
	id := r.PathValue("id")
	for _, s := range t.live(id) {
		if in.SessionID == "" || s.id == in.SessionID {
			t.endSession(s.id)
		}
	}
	if !in.Preserve {
		t.endRefreshTokens(func(rt *refreshToken) bool {
			return rt.grant.userID == id && (in.SessionID == "" || rt.grant.sessionID == in.SessionID)
		})
	}
	return accepted(w)
}

func formatOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.Format(timeFormat)
}
