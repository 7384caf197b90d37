package localtenant

import (
	"net/http"
	"slices"
)

// getResourceServer serves GET /api/v2/resource-servers/{id}: an API, by its
// audience.
func (t *Tenant) getResourceServer(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	own := id == t.Audience()
	if !own && !slices.Contains(t.opts.Audiences, id) {
		return newAPIError(http.StatusNotFound, "inexistent_resource_server", "The resource server does not exist")
	}
	return writeJSON(w, http.StatusOK, map[string]any{
		"id": id, "name": id, "identifier": id, "is_system": own, "scopes": []any{}, "signing_alg": "RS256",
		"allow_offline_access": !own && !t.settings.NoOfflineAccess,
		"subject_type_authorization": map[string]any{ // as of an API that was made without a word about it
			"user": map[string]any{"policy": "allow_all"}, "client": map[string]any{"policy": "require_client_grant"},
		},
	})
}

// allowsOffline reports whether refresh tokens may be had for an audience.
func (t *Tenant) allowsOffline(audience string) bool {
	return !t.settings.NoOfflineAccess || !slices.Contains(t.opts.Audiences, audience)
}
