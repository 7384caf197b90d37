package localtenant

import "net/http"

// getUser serves GET /api/v2/users/{id}: at once, not from the index.
func (t *Tenant) getUser(w http.ResponseWriter, r *http.Request) error {
	u, ok := t.users.get(r.PathValue("id"))
	if !ok {
		return userNotFound()
	}
	return writeJSON(w, http.StatusOK, pick(u.document(), r))
}

// listUsersByEmail serves GET /api/v2/users-by-email. The address must match to
// the letter, linked identities not included.
func (t *Tenant) listUsersByEmail(w http.ResponseWriter, r *http.Request) error {
	out := []map[string]any{}
	for _, u := range t.users.withEmail(r.URL.Query().Get("email")) {
		out = append(out, pick(u.document(), r))
	}
	return writeJSON(w, http.StatusOK, out)
}

// deleteUser serves DELETE /api/v2/users/{id}. Deleting nobody succeeds.
func (t *Tenant) deleteUser(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	t.users.remove(id, t.now())
	t.endAccess(id)
	t.removeFactors(id, func(*factor) bool { return true })
	t.blocks.clear(id)
	for _, role := range t.roles {
		role.remove(id)
	}
	return noContent(w)
}
