package permission

import (
	"slices"
	"strings"
)

// Group is a set of operations that a front-end gets together.
type Group struct {
	Name   Name
	Scope  string   // in a bearer token (RFC 6749, section 3.3): "usher:read"
	About  string   // what a front-end can do with it
	Routes []string // "GET /users/{id}"
	Needs  []string // the scopes that the management application needs for it
}

// Resources returns the routes in the form of an execute-api ARN after the stage, such as
// "GET/users/*". A "*" also matches slashes, so a resource that another one covers is omitted.
func (g Group) Resources() []string {
	var all []string
	for _, route := range g.Routes {
		all = append(all, resource(route))
	}
	var least []string
	for i, r := range all {
		covered := slices.ContainsFunc(all, func(other string) bool { return other != r && Matches(other, r) })
		if !covered && !slices.Contains(all[:i], r) {
			least = append(least, r)
		}
	}
	return least
}

func resource(route string) string {
	method, path, _ := strings.Cut(route, " ")
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if strings.HasPrefix(segment, "{") {
			segments[i] = "*"
		}
	}
	return method + strings.Join(segments, "/")
}

// Matches reports whether the pattern matches the resource in IAM: "*" stands for any
// characters, including slashes, and "?" for one.
func Matches(pattern, resource string) bool {
	if pattern == "" {
		return resource == ""
	}
	switch pattern[0] {
	case '*':
		for i := range len(resource) + 1 {
			if Matches(pattern[1:], resource[i:]) {
				return true
			}
		}
		return false
	case '?':
		return resource != "" && Matches(pattern[1:], resource[1:])
	}
	return resource != "" && pattern[0] == resource[0] && Matches(pattern[1:], resource[1:])
}

// Named returns the group with this name.
func Named(name Name) (Group, bool) {
	for _, g := range groups {
		if g.Name == name {
			return g, true
		}
	}
	return Group{}, false
}

// Having returns the groups whose scopes are among these.
func Having(scopes []string) []Group {
	return slices.DeleteFunc(All(), func(g Group) bool { return !slices.Contains(scopes, g.Scope) })
}

// All returns all groups.
func All() []Group { return slices.Clone(groups) }
