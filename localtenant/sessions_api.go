package localtenant

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
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
		"id": s.id, "user_id": s.userID,
		"created_at":         s.created.Format(timeFormat),
		"updated_at":         s.used.Format(timeFormat),
		"authenticated_at":   s.authTime.Format(timeFormat),
		"last_interacted_at": s.used.Format(timeFormat),
		"idle_expires_at":    s.idle.after(s.used).Format(timeFormat),
		"expires_at":         s.maximum.after(s.created).Format(timeFormat),
		"device":             device(s.ip, s.agent),
		"clients":            clients, "authentication": map[string]any{"methods": methods},
		"cookie": map[string]any{"mode": "persistent"},
	}
	if s.metadata != nil {
		doc["session_metadata"] = s.metadata
	}
	return doc
}

func device(ip, agent string) map[string]any {
	return map[string]any{"initial_ip": ip, "initial_user_agent": agent, "last_ip": ip, "last_user_agent": agent}
}

// listUserSessions serves GET /api/v2/users/{user_id}/sessions, oldest first.
func (t *Tenant) listUserSessions(w http.ResponseWriter, r *http.Request) error {
	list := slices.SortedFunc(maps.Values(t.sessions), func(a, b *session) int {
		return cmp.Or(a.created.Compare(b.created), strings.Compare(a.id, b.id))
	})
	return writeCheckpoint(w, r, "sessions", "id", documents(list, func(s *session) bool {
		return s.userID == r.PathValue("user_id") && t.now().Before(s.expires())
	}))
}

func (t *Tenant) endSessions(fits func(*session) bool) {
	maps.DeleteFunc(t.sessions, func(_ string, s *session) bool { return fits(s) })
}

// deleteUserSessions serves DELETE /api/v2/users/{user_id}/sessions.
func (t *Tenant) deleteUserSessions(w http.ResponseWriter, r *http.Request) error {
	t.endSessions(func(s *session) bool { return s.userID == r.PathValue("user_id") })
	return accepted(w)
}

// accepted is the answer for work that a real tenant finishes later; this one has done it.
func accepted(w http.ResponseWriter) error { return writeJSON(w, http.StatusAccepted, struct{}{}) }

func (t *Tenant) liveSession(id string) (*session, error) {
	s, ok := t.sessions[id]
	if !ok || !t.now().Before(s.expires()) {
		return nil, newAPIError(http.StatusNotFound, "session_not_found", "The session does not exist.")
	}
	return s, nil
}

func (t *Tenant) session(r *http.Request) (*session, error) { return t.liveSession(r.PathValue("id")) }

type sessionFields struct {
	Metadata map[string]any `json:"session_metadata"`
}

// updateSession serves PATCH /api/v2/sessions/{id}: its metadata.
func (t *Tenant) updateSession(w http.ResponseWriter, r *http.Request, in sessionFields) error {
	s, err := t.session(r)
	if err != nil {
		return err
	}
	s.metadata = in.Metadata
	return writeJSON(w, http.StatusOK, s.document())
}

// deleteSession serves DELETE /api/v2/sessions/{id}. Refresh tokens outlive it.
func (t *Tenant) deleteSession(w http.ResponseWriter, r *http.Request) error {
	delete(t.sessions, r.PathValue("id"))
	return accepted(w)
}

// revokeSession serves POST /api/v2/sessions/{id}/revoke: with its refresh tokens.
func (t *Tenant) revokeSession(w http.ResponseWriter, _ *http.Request, s *session) error {
	delete(t.sessions, s.id)
	t.endRefreshTokens(func(rt *refreshToken) bool { return rt.grant.sessionID == s.id })
	return accepted(w)
}

type accessFields struct {
	SessionID string `json:"session_id"`
	Preserve  bool   `json:"preserve_refresh_tokens"`
}

// revokeAccess serves POST /api/v2/users/{id}/revoke-access.
func (t *Tenant) revokeAccess(w http.ResponseWriter, r *http.Request) error {
	if r.ContentLength == 0 {
		return t.revokeSomeAccess(w, r, accessFields{})
	}
	return body(t.revokeSomeAccess)(w, r)
}

func (t *Tenant) revokeSomeAccess(w http.ResponseWriter, r *http.Request, in accessFields) error {
	meant := func(userID, sessionID string) bool {
		return userID == r.PathValue("id") && (in.SessionID == "" || in.SessionID == sessionID)
	}
	t.endSessions(func(s *session) bool { return meant(s.userID, s.id) })
	if !in.Preserve {
		t.endRefreshTokens(func(rt *refreshToken) bool { return meant(rt.grant.userID, rt.grant.sessionID) })
	}
	return accepted(w)
}
