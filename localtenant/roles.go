package localtenant

import (
	"net/http"
	"slices"
	"strings"
)

// role is a role and who has it, in the order of assignment.
type role struct {
	ID          string
	Name        string
	Description string
	members     []string
}

func (r *role) document() map[string]any {
	doc := map[string]any{"id": r.ID, "name": r.Name}
	if r.Description != "" {
		doc["description"] = r.Description
	}
	return doc
}

func (t *Tenant) role(id string) (*role, error) {
	i := slices.IndexFunc(t.roles, func(r *role) bool { return r.ID == id })
	if i < 0 {
		return nil, newAPIError(http.StatusNotFound, "", "The role does not exist.")
	}
	return t.roles[i], nil
}

// listRoles serves GET /api/v2/roles.
func (t *Tenant) listRoles(w http.ResponseWriter, r *http.Request) error {
	filter := strings.ToLower(r.URL.Query().Get("name_filter"))
	items := []map[string]any{}
	for _, role := range t.roles {
		if strings.Contains(strings.ToLower(role.Name), filter) {
			items = append(items, role.document())
		}
	}
	return writePage(w, r, "roles", items)
}

// AddRole adds a role, as an administrator does, and returns its id.
func (t *Tenant) AddRole(name, description string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.addRole("rol_"+randomID(16), name, description).ID
}

func (t *Tenant) addRole(id, name, description string) *role {
	made := &role{ID: id, Name: name, Description: description}
	t.roles = append(t.roles, made)
	return made
}

type roleFields struct {
	Name        *string `json:"name"`
	Description *string `json:"description"`
}

// createRole serves POST /api/v2/roles, which answers 200 and not 201.
func (t *Tenant) createRole(w http.ResponseWriter, r *http.Request) error {
	var in roleFields
	if err := decode(r, &in); err != nil {
		return err
	}
	if name := value(in.Name); t.roleNamed(name) != nil {
		return newAPIError(http.StatusConflict, "", "Role with name '%s' already exists.", name)
	}
	made := t.addRole("rol_"+randomID(16), value(in.Name), value(in.Description))
	return writeJSON(w, http.StatusOK, made.document())
}

func (t *Tenant) roleNamed(name string) *role {
	for _, r := range t.roles {
		if strings.EqualFold(r.Name, name) {
			return r
		}
	}
	return nil
}

// getRole serves GET /api/v2/roles/{id}.
func (t *Tenant) getRole(w http.ResponseWriter, r *http.Request) error {
	role, err := t.role(r.PathValue("id"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, role.document())
}

// updateRole serves PATCH /api/v2/roles/{id}.
func (t *Tenant) updateRole(w http.ResponseWriter, r *http.Request) error {
	var in roleFields
	if err := decode(r, &in); err != nil {
		return err
	}
	role, err := t.role(r.PathValue("id"))
	if err != nil {
		return err
	}
	if in.Name != nil {
		if other := t.roleNamed(*in.Name); other != nil && other != role {
			return badRequest("", "Role with name '%s' already exists.", *in.Name)
		}
		role.Name = *in.Name
	}
	if in.Description != nil {
		role.Description = *in.Description
	}
	return writeJSON(w, http.StatusOK, role.document())
}

// deleteRole serves DELETE /api/v2/roles/{id}.
func (t *Tenant) deleteRole(w http.ResponseWriter, r *http.Request) error {
	role, err := t.role(r.PathValue("id"))
	if err != nil {
		return err
	}
	i := slices.Index(t.roles, role)
	t.roles = slices.Delete(t.roles, i, i+1)
	return writeJSON(w, http.StatusOK, struct{}{})
}

// listRoleUsers serves GET /api/v2/roles/{id}/users, by pages or by checkpoints.
func (t *Tenant) listRoleUsers(w http.ResponseWriter, r *http.Request) error {
	role, err := t.role(r.PathValue("id"))
	if err != nil {
		return err
	}
	items := []map[string]any{}
	for _, id := range role.members {
		if u, ok := t.users.get(id); ok {
			items = append(items, memberDocument(u))
		}
	}
	if q := r.URL.Query(); q.Has("take") || q.Has("from") {
		return writeJSON(w, http.StatusOK, checkpoint(r, "users", "user_id", items))
	}
	if p := pageOf(r); p.start+p.limit > maxRecords {
		return badRequest("invalid_paging", "Requesting page %d exceeds the allowed maximum of %d records. "+
			"To fetch results beyond %d, use the checkpoint pagination method.", p.start/p.limit, maxRecords, maxRecords)
	}
	return writePage(w, r, "users", items)
}

func memberDocument(u *user) map[string]any {
	doc := map[string]any{"user_id": u.ID}
	for name, v := range map[string]string{"email": u.Email, "name": u.Name, "picture": u.Picture} {
		if v != "" {
			doc[name] = v
		}
	}
	return doc
}

// assignRoleUsers serves POST /api/v2/roles/{id}/users.
func (t *Tenant) assignRoleUsers(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Users []string `json:"users"`
	}
	if err := decode(r, &in); err != nil {
		return err
	}
	role, err := t.role(r.PathValue("id"))
	if err != nil {
		return err
	}
	for _, id := range in.Users {
		if _, ok := t.users.get(id); !ok {
			return userNotFound()
		}
	}
	slices.Sort(in.Users) // those of one call are listed by id
	for _, id := range in.Users {
		role.add(id)
	}
	return writeJSON(w, http.StatusOK, struct{}{})
}

func (r *role) add(userID string) {
	if !slices.Contains(r.members, userID) {
		r.members = append(r.members, userID)
	}
}
