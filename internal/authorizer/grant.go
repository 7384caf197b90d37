package authorizer

import (
	"slices"
	"strings"
	"time"

	"usher/internal/permission"
)

// Grant is the result of a valid token.
type Grant struct {
	Caller string             // the front-end's client ID
	Groups []permission.Group // the granted permission groups
	Expiry time.Time          // of the token
}

// Permissions returns the groups' scopes, separated by spaces.
func (g Grant) Permissions() string {
	var scopes []string
	for _, group := range g.Groups {
		scopes = append(scopes, group.Scope)
	}
	return strings.Join(scopes, " ")
}

// Allows reports whether the grant's policy allows a call. resource is the method and the
// path, such as "GET/users/x".
func (g Grant) Allows(resource string) bool {
	matches := func(pattern string) bool { return permission.Matches(pattern, resource) }
	return slices.ContainsFunc(resources(g.Groups), matches)
}

// Covers reports whether the grant includes a route pattern, such as "GET /users/{id}".
func (g Grant) Covers(route string) bool {
	return slices.ContainsFunc(g.Groups, func(group permission.Group) bool { return slices.Contains(group.Routes, route) })
}

// resources returns the resources of groups, each once: some belong to several groups.
func resources(groups []permission.Group) (all []string) {
	for _, group := range groups {
		for _, resource := range group.Resources() {
			if !slices.Contains(all, resource) {
				all = append(all, resource)
			}
		}
	}
	return all
}
