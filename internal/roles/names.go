package roles

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"usher/internal/problem"
)

// maxName is the longest name or id of a role that is taken, in bytes.
const maxName = 256

// roleName is the rule for the name or id of a role.
func roleName(name string) string {
	switch {
	case name == "":
		return "is empty"
	case len(name) > maxName:
		return fmt.Sprintf("is longer than %d bytes", maxName)
	}
	return ""
}

// couldBeID reports whether a name can be a role's id, which goes first. Auth0's role
// ids begin with "rol_" (https://auth0.com/docs/api/management/v2/roles/get-roles-by-id).
func couldBeID(name string) bool { return strings.HasPrefix(name, "rol_") }

// named finds the role that has this id, or else this name, and says what is
// wrong where it is not one. An id goes first: nobody can take it over by
// giving a role that name.
func named(all []Role, name string) (found Role, fault string) {
	if i := slices.IndexFunc(all, func(r Role) bool { return r.ID == name }); i >= 0 {
		return all[i], ""
	}
	matches := 0
	for _, role := range all {
		if role.Name == name {
			found = role
			matches++
		}
	}
	switch matches {
	case 0:
		return Role{}, strconv.Quote(name) + " is neither the name nor the id of a role"
	case 1:
		return found, ""
	}
	return Role{}, strconv.Quote(name) + " is the name of several roles; give the id"
}

// allNamed is named for a list, in which a role may stand by its name and by its
// id, too. It names every one that is not a role.
func allNamed(all []Role, names []string) ([]Role, error) {
	var found []Role
	var unknown []problem.Field
	for i, name := range names {
		role, fault := named(all, name)
		if fault != "" {
			unknown = append(unknown, problem.Field{Field: fmt.Sprintf("roles.%d", i), Detail: fault})
		} else if !slices.Contains(found, role) {
			found = append(found, role)
		}
	}
	if len(unknown) > 0 {
		return nil, problem.UnknownRoles.New("Nothing was changed: some of these are not roles.", unknown...)
	}
	return found, nil
}

// without are the roles that stand in the first list and not in the second.
func without(roles, others []Role) []Role {
	return slices.DeleteFunc(slices.Clone(roles), func(r Role) bool {
		return slices.ContainsFunc(others, func(o Role) bool { return o.ID == r.ID })
	})
}
