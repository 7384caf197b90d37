package web

import (
	"maps"
	"net/http"
	"slices"

	"usher/cmd/internal/console/usher"
)

// roleChoice is a role in the form.
type roleChoice struct {
	usher.Role
	Has bool
	May bool // whether the person may give and take it
}

// rolesBody is the data of the section.
type rolesBody struct {
	Failure *notice
	Choices []roleChoice
}

// mayGive reports whether a person has all permissions of a role.
func (s *Site) mayGive(p person, role usher.Role) bool {
	return p.Groups.HasAll(s.Policy.Groups([]string{role.Name}))
}

func (s *Site) allRoles(r *http.Request, p person) ([]usher.Role, error) {
	got, _, err := usher.Read[usher.RoleList](r.Context(), s.Usher, p.User.ID, "/roles", nil)
	return got.Roles, err
}

func (s *Site) readRoles(r *http.Request, v visit, t target) any {
	all, err := s.allRoles(r, v.person)
	if err == nil {
		err = t.rolesErr
	}
	body := rolesBody{Failure: s.failure(err)}
	has := idsOf(t.Roles)
	for _, role := range all {
		body.Choices = append(body.Choices, roleChoice{role, has[role.ID], s.mayGive(v.person, role)})
	}
	return body
}

func idsOf(roles []usher.Role) map[string]bool {
	ids := map[string]bool{}
	for _, role := range roles {
		ids[role.ID] = true
	}
	return ids
}

func setOfTexts(texts []string) map[string]bool {
	set := map[string]bool{}
	for _, text := range texts {
		set[text] = true
	}
	return set
}

// setRoles gives and takes roles, if the person has all of their permissions.
func setRoles(s *Site, c change) (outcome, error) {
	all, err := s.allRoles(c.r, c.person)
	if err != nil {
		return outcome{}, &notBegun{err}
	}
	has, wanted := idsOf(c.target.Roles), setOfTexts(c.r.PostForm["role"])
	if !maps.Equal(has, setOfTexts(c.r.PostForm["had"])) {
		return outcome{notice: notice{
			Kind: "warn", Text: "The user's roles were changed in the meantime, so nothing was done.", Cure: "Look at the current roles and repeat your change.",
		}}, nil
	}
	for _, role := range all {
		if has[role.ID] != wanted[role.ID] && !s.mayGive(c.person, role) {
			return outcome{}, &refused{"The role " + role.Name + " has permissions that you do not have."}
		}
	}
	known := idsOf(all)
	for id := range wanted {
		if !known[id] {
			return outcome{}, &usher.Problem{Status: http.StatusUnprocessableEntity, Code: "unknown-roles"}
		}
	}
	for id := range has {
		if !known[id] && !wanted[id] { // created after the list was read
			return outcome{}, &refused{"A role of this user is not in the list of roles."}
		}
	}
	got, err := c.call(s, http.MethodPut, usher.Path("user-roles", c.target.User.ID), map[string]any{
		"roles": slices.AppendSeq([]string{}, maps.Keys(wanted)), // never null
	})
	return good(got, "The roles are set. Tokens that applications already have keep the previous roles until they expire."), err
}
