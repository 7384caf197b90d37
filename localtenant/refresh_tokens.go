package localtenant

import (
	"net/http"
	"slices"
	"strings"
)

func (rt *refreshToken) document() map[string]any {
	doc := map[string]any{
		"id": rt.id, "user_id": rt.grant.userID, "client_id": rt.grant.clientID, "session_id": rt.grant.sessionID,
		"created_at": rt.created.Format(timeFormat), "idle_expires_at": nil, "expires_at": rt.expires.Format(timeFormat),
		"last_exchanged_at": formatOrNull(rt.used), "rotating": rt.rotating,
		"device": map[string]any{"initial_ip": rt.ip, "initial_user_agent": rt.agent, "last_ip": rt.ip, "last_user_agent": rt.agent},
		"resource_servers": []any{map[string]any{
			"audience": rt.grant.audience, "scopes": strings.Join(rt.grant.scopes, " "),
		}},
	}
	if rt.metadata != nil {
		doc["refresh_token_metadata"] = rt.metadata
	}
	return doc
}

// endRefreshTokens ends those that fit. A new family member is as good as its
// parent, so both fit or neither.
func (t *Tenant) endRefreshTokens(fits func(*refreshToken) bool) {
	for value, rt := range t.refresh {
		if fits(rt) {
			delete(t.refresh, value)
		}
	}
}

// refreshTokens are those that fit and can be used, oldest first.
func (t *Tenant) refreshTokens(fits func(*refreshToken) bool) []map[string]any {
	found := []*refreshToken{}
	for _, rt := range t.refresh {
		if fits(rt) && !rt.spent && t.now().Before(rt.expires) {
			found = append(found, rt)
		}
	}
	slices.SortFunc(found, func(a, b *refreshToken) int {
		if c := a.created.Compare(b.created); c != 0 {
			return c
		}
		return strings.Compare(a.id, b.id)
	})
	items := []map[string]any{}
	for _, rt := range found {
		items = append(items, rt.document())
	}
	return items
}

// listUserRefreshTokens serves GET /api/v2/users/{user_id}/refresh-tokens.
func (t *Tenant) listUserRefreshTokens(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("user_id")
	return writeCheckpoint(w, r, "tokens", "id", t.refreshTokens(func(rt *refreshToken) bool { return rt.grant.userID == id }))
}

// deleteUserRefreshTokens serves DELETE /api/v2/users/{user_id}/refresh-tokens.
func (t *Tenant) deleteUserRefreshTokens(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("user_id")
	t.endRefreshTokens(func(rt *refreshToken) bool { return rt.grant.userID == id })
	return accepted(w)
}

func (t *Tenant) refreshToken(id string) (*refreshToken, error) {
	for _, rt := range t.refresh {
		if rt.id == id && !rt.spent && t.now().Before(rt.expires) {
			return rt, nil
		}
	}
	return nil, newAPIError(http.StatusNotFound, "refresh_token_not_found", "The refresh token does not exist.")
}

// getRefreshToken serves GET /api/v2/refresh-tokens/{id}.
func (t *Tenant) getRefreshToken(w http.ResponseWriter, r *http.Request) error {
	rt, err := t.refreshToken(r.PathValue("id"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, rt.document())
}

// updateRefreshToken serves PATCH /api/v2/refresh-tokens/{id}: its metadata.
func (t *Tenant) updateRefreshToken(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Metadata map[string]any `json:"refresh_token_metadata"`
	}
	if err := decode(r, &in); err != nil {
		return err
	}
	rt, err := t.refreshToken(r.PathValue("id"))
	if err != nil {
		return err
	}
	rt.metadata = in.Metadata
	return writeJSON(w, http.StatusOK, rt.document())
}

// deleteRefreshToken serves DELETE /api/v2/refresh-tokens/{id}.
func (t *Tenant) deleteRefreshToken(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	t.endRefreshTokens(func(rt *refreshToken) bool { return rt.id == id })
	return accepted(w)
}

// revokeRefreshTokens serves POST /api/v2/refresh-tokens/revoke: by ids, or all of
// a user's, of an application's, or of both.
func (t *Tenant) revokeRefreshTokens(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		IDs      []string `json:"ids"`
		UserID   string   `json:"user_id"`
		ClientID string   `json:"client_id"`
	}
	if err := decode(r, &in); err != nil {
		return err
	}
	if len(in.IDs) == 0 && in.UserID == "" && in.ClientID == "" {
		return badRequest("invalid_body", "Either ids, user_id or client_id must be provided.")
	}
	t.endRefreshTokens(func(rt *refreshToken) bool {
		return (len(in.IDs) == 0 || slices.Contains(in.IDs, rt.id)) &&
			(in.UserID == "" || rt.grant.userID == in.UserID) && (in.ClientID == "" || rt.grant.clientID == in.ClientID)
	})
	return accepted(w)
}

// listRefreshTokens serves GET /api/v2/refresh-tokens.
func (t *Tenant) listRefreshTokens(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	items := t.refreshTokens(func(rt *refreshToken) bool {
		return (q.Get("user_id") == "" || rt.grant.userID == q.Get("user_id")) &&
			(q.Get("client_id") == "" || rt.grant.clientID == q.Get("client_id"))
	})
	for i := range items {
		items[i] = pick(items[i], r)
	}
	return writeCheckpoint(w, r, "refresh_tokens", "id", items)
}
