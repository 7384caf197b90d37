package authorizer

import (
	"slices"
	"strings"
	"time"

	"usher/internal/permission"
)

// Grant is what a token grants.
type Grant struct {
	Caller string             // the front-end
	Groups []permission.Group // what it may do
	Expiry time.Time          // until when
}

// Permissions are the groups' scopes, separated by spaces.
func (g Grant) Permissions() string {
	var scopes []string
	for _, group := range g.Groups {
		scopes = append(scopes, group.Scope)
	}
	return strings.Join(scopes, " ")
}

// Allows reports whether the gateway would let a call through that is answered
// with the grant's policy: for a method and a path, "GET/users/x".
func (g Grant) Allows(resource string) bool {
	return slices.ContainsFunc(resources(g.Groups), func(pattern string) bool { return permission.Matches(pattern, resource) })
}

// Covers reports whether the grant is for a route, as the table of permissions has it: "GET /users/{id}".
func (g Grant) Covers(route string) bool {
	return slices.ContainsFunc(g.Groups, func(group permission.Group) bool { return slices.Contains(group.Routes, route) })
}

func resources(groups []permission.Group) (all []string) {
	for _, group := range groups {
		all = append(all, group.Resources()...)
	}
	return all
}
