package localtenant

import (
	"net/http"
	"slices"
)

// listUserRoles serves GET /api/v2/users/{id}/roles.
func (t *Tenant) listUserRoles(w http.ResponseWriter, r *http.Request) error {
	items := []map[string]any{}
	for _, role := range t.roles {
		if slices.Contains(role.members, r.PathValue("id")) {
			items = append(items, role.document())
		}
	}
	return writePage(w, r, "roles", items)
}

// changeUserRoles reads the roles of a request and does something to each. If one
// does not exist nothing is done.
func (t *Tenant) changeUserRoles(w http.ResponseWriter, r *http.Request, change func(*role, string)) error {
	var in struct {
		Roles []string `json:"roles"`
	}
	if err := decode(r, &in); err != nil {
		return err
	}
	id := r.PathValue("id")
	if _, ok := t.users.get(id); !ok {
		return badRequest("inexistent_user", "The user does not exist.")
	}
	roles := make([]*role, len(in.Roles))
	for i, roleID := range in.Roles {
		found, err := t.role(roleID)
		if err != nil {
			return badRequest("", "One or more of the roles do not exist.")
		}
		roles[i] = found
	}
	for _, found := range roles {
		change(found, id)
	}
	return noContent(w)
}

// assignUserRoles serves POST /api/v2/users/{id}/roles.
func (t *Tenant) assignUserRoles(w http.ResponseWriter, r *http.Request) error {
	return t.changeUserRoles(w, r, (*role).add)
}

// removeUserRoles serves DELETE /api/v2/users/{id}/roles.
func (t *Tenant) removeUserRoles(w http.ResponseWriter, r *http.Request) error {
	return t.changeUserRoles(w, r, (*role).remove)
}

func (r *role) remove(userID string) {
	r.members = slices.DeleteFunc(r.members, func(id string) bool { return id == userID })
}
