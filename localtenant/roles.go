package localtenant

import (
	"net/http"
	"slices"
	"strings"
)

// role is a role and its members, in the order of assignment.
type role struct {
	ID          string
	Name        string
	Description string
	members     []string
}

func (r *role) document() map[string]any {
	doc := map[string]any{"id": r.ID, "name": r.Name}
	addTexts(doc, map[string]string{"description": r.Description})
	return doc
}

func (r *role) add(userID string) {
	if !slices.Contains(r.members, userID) {
		r.members = append(r.members, userID)
	}
}

func (r *role) remove(userID string) {
	r.members = slices.DeleteFunc(r.members, func(id string) bool { return id == userID })
}

func (t *Tenant) roleWithID(id string) (*role, error) {
	i := slices.IndexFunc(t.roles, func(r *role) bool { return r.ID == id })
	if i < 0 {
		return nil, newAPIError(http.StatusNotFound, "", "The role does not exist.")
	}
	return t.roles[i], nil
}

func (t *Tenant) role(r *http.Request) (*role, error) { return t.roleWithID(r.PathValue("id")) }

// listRoles serves GET /api/v2/roles.
func (t *Tenant) listRoles(w http.ResponseWriter, r *http.Request) error {
	filter := strings.ToLower(r.URL.Query().Get("name_filter"))
	return writePage(w, r, "roles", documents(t.roles, func(role *role) bool {
		return strings.Contains(strings.ToLower(role.Name), filter)
	}))
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
func (t *Tenant) createRole(w http.ResponseWriter, _ *http.Request, in roleFields) error {
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

// updateRole serves PATCH /api/v2/roles/{id}.
func (t *Tenant) updateRole(w http.ResponseWriter, r *http.Request, in roleFields) error {
	role, err := t.role(r)
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
func (t *Tenant) deleteRole(w http.ResponseWriter, _ *http.Request, gone *role) error {
	t.roles = slices.DeleteFunc(t.roles, func(r *role) bool { return r == gone })
	return writeJSON(w, http.StatusOK, struct{}{})
}

// listRoleUsers serves GET /api/v2/roles/{id}/users, by pages or by checkpoints.
func (t *Tenant) listRoleUsers(w http.ResponseWriter, r *http.Request, role *role) error {
	items := []map[string]any{}
	for _, id := range role.members {
		if u, ok := t.users.get(id); ok {
			doc := map[string]any{"user_id": u.ID}
			addTexts(doc, map[string]string{"email": u.Email, "name": u.Name, "picture": u.Picture})
			items = append(items, doc)
		}
	}
	if byCheckpoint(r) {
		return writeJSON(w, http.StatusOK, checkpoint(r, "users", "user_id", items))
	}
	if p := pageOf(r); p.tooFar() {
		return badRequest("invalid_paging", "Requesting page %d exceeds the allowed maximum of %d records. "+
			"To fetch results beyond %d, use the checkpoint pagination method.", p.start/p.limit, maxRecords, maxRecords)
	}
	return writePage(w, r, "users", items)
}

type roleMembers struct {
	Users []string `json:"users"`
}

// assignRoleUsers serves POST /api/v2/roles/{id}/users.
func (t *Tenant) assignRoleUsers(w http.ResponseWriter, r *http.Request, in roleMembers) error {
	role, err := t.role(r)
	if err != nil {
		return err
	}
	for _, id := range in.Users {
		if _, ok := t.users.get(id); !ok {
			return userNotFound()
		}
	}
	slices.Sort(in.Users) // the users of one call are listed by id
	for _, id := range in.Users {
		role.add(id)
	}
	return writeJSON(w, http.StatusOK, struct{}{})
}

// listUserRoles serves GET /api/v2/users/{id}/roles.
func (t *Tenant) listUserRoles(w http.ResponseWriter, r *http.Request) error {
	return writePage(w, r, "roles", documents(t.roles, func(role *role) bool {
		return slices.Contains(role.members, r.PathValue("id"))
	}))
}

type userRoles struct {
	Roles []string `json:"roles"`
}

// changeUserRoles serves POST and DELETE /api/v2/users/{id}/roles. If one role does not exist,
// no role is changed.
func (t *Tenant) changeUserRoles(change func(*role, string)) handler {
	return body(func(w http.ResponseWriter, r *http.Request, in userRoles) error {
		id := r.PathValue("id")
		if _, ok := t.users.get(id); !ok {
			return badRequest("inexistent_user", "The user does not exist.")
		}
		roles := make([]*role, len(in.Roles))
		for i, roleID := range in.Roles {
			found, err := t.roleWithID(roleID)
			if err != nil {
				return badRequest("", "One or more of the roles do not exist.")
			}
			roles[i] = found
		}
		for _, found := range roles {
			change(found, id)
		}
		return noContent(w)
	})
}
