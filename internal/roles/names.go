package roles

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"usher/internal/problem"
)

// maxName is the maximum length of a role's name or ID, in bytes.
const maxName = 256

// roleName is the rule for a role's name or ID.
func roleName(name string) string {
	switch {
	case name == "":
		return "is empty"
	case len(name) > maxName:
		return fmt.Sprintf("is longer than %d bytes", maxName)
	}
	return ""
}

// couldBeID reports whether a name can be a role's ID, which has precedence. Auth0's role IDs
// begin with "rol_" (https://auth0.com/docs/api/management/v2/roles/get-roles-by-id).
func couldBeID(name string) bool { return strings.HasPrefix(name, "rol_") }

// named returns the role with this ID, or else the only role with this name. Otherwise it
// returns a fault. The ID has precedence, so that a role's name cannot hide another role.
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
		return Role{}, strconv.Quote(name) + " is neither the name nor the ID of a role"
	case 1:
		return found, ""
	}
	return Role{}, strconv.Quote(name) + " is the name of several roles. Use the ID."
}

// allNamed is named for a list. It returns a role once even if the list has both its name
// and its ID. It fails with unknown-roles, which lists every unknown name.
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
		return nil, problem.UnknownRoles.New("Nothing was changed: some values are not roles.", unknown...)
	}
	return found, nil
}

// without returns the roles that are not in others.
func without(roles, others []Role) []Role {
	return slices.DeleteFunc(slices.Clone(roles), func(r Role) bool {
		return slices.ContainsFunc(others, func(o Role) bool { return o.ID == r.ID })
	})
}
