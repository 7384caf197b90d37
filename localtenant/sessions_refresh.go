package localtenant

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
)

func (rt *refreshToken) document() map[string]any {
	doc := map[string]any{
		"id": rt.id, "user_id": rt.grant.userID, "client_id": rt.grant.clientID, "session_id": rt.grant.sessionID,
		"created_at": rt.created.Format(timeFormat), "idle_expires_at": nil, "expires_at": rt.expires.Format(timeFormat),
		"last_exchanged_at": nil, "rotating": rt.rotating, "device": device(rt.ip, rt.agent),
		"resource_servers": []any{map[string]any{
			"audience": rt.grant.audience, "scopes": strings.Join(rt.grant.scopes, " "),
		}},
	}
	if !rt.used.IsZero() {
		doc["last_exchanged_at"] = rt.used.Format(timeFormat)
	}
	if rt.metadata != nil {
		doc["refresh_token_metadata"] = rt.metadata
	}
	return doc
}

// endRefreshTokens ends the tokens that fit. A new family member is as good as its
// parent, so both fit or neither.
func (t *Tenant) endRefreshTokens(fits func(*refreshToken) bool) {
	maps.DeleteFunc(t.refresh, func(_ string, rt *refreshToken) bool { return fits(rt) })
}

// refreshTokens returns the usable tokens that fit, oldest first.
func (t *Tenant) refreshTokens(fits func(*refreshToken) bool) []map[string]any {
	list := slices.SortedFunc(maps.Values(t.refresh), func(a, b *refreshToken) int {
		return cmp.Or(a.created.Compare(b.created), strings.Compare(a.id, b.id))
	})
	return documents(list, func(rt *refreshToken) bool { return fits(rt) && t.usable(rt) })
}

func (t *Tenant) usable(rt *refreshToken) bool { return !rt.spent && t.now().Before(rt.expires) }

// listUserRefreshTokens serves GET /api/v2/users/{user_id}/refresh-tokens.
func (t *Tenant) listUserRefreshTokens(w http.ResponseWriter, r *http.Request) error {
	return writeCheckpoint(w, r, "tokens", "id", t.refreshTokens(func(rt *refreshToken) bool {
		return rt.grant.userID == r.PathValue("user_id")
	}))
}

// deleteUserRefreshTokens serves DELETE /api/v2/users/{user_id}/refresh-tokens.
func (t *Tenant) deleteUserRefreshTokens(w http.ResponseWriter, r *http.Request) error {
	t.endRefreshTokens(func(rt *refreshToken) bool { return rt.grant.userID == r.PathValue("user_id") })
	return accepted(w)
}

func (t *Tenant) refreshToken(r *http.Request) (*refreshToken, error) {
	for _, rt := range t.refresh {
		if rt.id == r.PathValue("id") && t.usable(rt) {
			return rt, nil
		}
	}
	return nil, newAPIError(http.StatusNotFound, "refresh_token_not_found", "The refresh token does not exist.")
}

type refreshTokenFields struct {
	Metadata map[string]any `json:"refresh_token_metadata"`
}

// updateRefreshToken serves PATCH /api/v2/refresh-tokens/{id}: its metadata.
func (t *Tenant) updateRefreshToken(w http.ResponseWriter, r *http.Request, in refreshTokenFields) error {
	rt, err := t.refreshToken(r)
	if err != nil {
		return err
	}
	rt.metadata = in.Metadata
	return writeJSON(w, http.StatusOK, rt.document())
}

// deleteRefreshToken serves DELETE /api/v2/refresh-tokens/{id}.
func (t *Tenant) deleteRefreshToken(w http.ResponseWriter, r *http.Request) error {
	t.endRefreshTokens(func(rt *refreshToken) bool { return rt.id == r.PathValue("id") })
	return accepted(w)
}

// tokenChoice names refresh tokens. A field that is not set names all.
type tokenChoice struct {
	IDs      []string `json:"ids"`
	UserID   string   `json:"user_id"`
	ClientID string   `json:"client_id"`
}

func (in tokenChoice) fits(rt *refreshToken) bool {
	return (len(in.IDs) == 0 || slices.Contains(in.IDs, rt.id)) &&
		(in.UserID == "" || rt.grant.userID == in.UserID) &&
		(in.ClientID == "" || rt.grant.clientID == in.ClientID)
}

// revokeRefreshTokens serves POST /api/v2/refresh-tokens/revoke: by ids, or all of
// a user's, of an application's, or of both.
func (t *Tenant) revokeRefreshTokens(w http.ResponseWriter, _ *http.Request, in tokenChoice) error {
	if len(in.IDs) == 0 && in.UserID == "" && in.ClientID == "" {
		return badRequest("invalid_body", "Either ids, user_id or client_id must be provided.")
	}
	t.endRefreshTokens(in.fits)
	return accepted(w)
}

// listRefreshTokens serves GET /api/v2/refresh-tokens.
func (t *Tenant) listRefreshTokens(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	wanted := tokenChoice{UserID: q.Get("user_id"), ClientID: q.Get("client_id")}
	return writeCheckpoint(w, r, "refresh_tokens", "id", pickAll(t.refreshTokens(wanted.fits), r))
}
