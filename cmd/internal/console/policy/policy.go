// Package policy says who is staff, and what each of their roles permits in the console.
package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Policy maps connections and roles of the tenant to permissions.
type Policy struct {
	connections []string
	roles       map[string]Groups
}

// everything means all groups in a policy file.
const everything = "everything"

// Default returns the policy with the sample roles for these connections.
func Default(connections ...string) Policy {
	return Policy{connections: connections, roles: map[string]Groups{
		"usher-support": setOf(Read, Recovery, MFA, Sessions, Support),
		"usher-admin":   Everything(),
	}}
}

// document is a policy file.
type document struct {
	Connections []string            `json:"connections"`
	Roles       map[string][]string `json:"roles"`
}

// Parse reads a policy file. Its error lists all faults.
func Parse(text []byte) (Policy, error) {
	doc, err := decode(text)
	if err != nil {
		return Policy{}, err
	}
	faults := checkConnections(doc.Connections)
	p := Default(doc.Connections...)
	if doc.Roles != nil {
		p.roles = map[string]Groups{}
		for name, names := range doc.Roles {
			groups, err := parseGroups(name, names)
			p.roles[name] = groups
			faults = append(faults, err)
		}
		if len(doc.Roles) == 0 {
			faults = append(faults, errors.New("roles: name at least one role, or leave the member out for the default roles"))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return Policy{}, err
	}
	return p, nil
}

func checkConnections(names []string) (faults []error) {
	if len(names) == 0 {
		faults = append(faults, errors.New("connections: name at least one connection of staff"))
	}
	for i, name := range names {
		switch {
		case strings.TrimSpace(name) == "":
			faults = append(faults, fmt.Errorf("connections: name %d is empty", i+1))
		case slices.Contains(names[:i], name):
			faults = append(faults, fmt.Errorf("connections: %q is there twice", name))
		}
	}
	return faults
}

func parseGroups(role string, names []string) (Groups, error) {
	var faults []error
	if strings.TrimSpace(role) == "" {
		faults = append(faults, errors.New("roles: a role has no name"))
	}
	if len(names) == 0 {
		faults = append(faults, fmt.Errorf("roles: %q has no group. Leave the role out to give it no access", role))
	}
	groups := Groups{}
	for _, name := range names {
		switch {
		case name == everything && len(names) > 1:
			faults = append(faults, fmt.Errorf("roles: %q has other groups beside %q", role, everything))
		case name == everything:
			groups = Everything()
		case !slices.Contains(all, Group(name)):
			faults = append(faults, fmt.Errorf("roles: %q has the unknown group %q. The groups are %s, or %s", role, name, listed(), everything))
		case groups[Group(name)]:
			faults = append(faults, fmt.Errorf("roles: %q has the group %q twice", role, name))
		default:
			groups[Group(name)] = true
		}
	}
	if len(faults) == 0 && !groups.Has(Read) {
		faults = append(faults, fmt.Errorf("roles: %q lacks the group %q, without which the console shows no user", role, Read))
	}
	return groups, errors.Join(faults...)
}

func listed() string {
	names := make([]string, len(all))
	for i, g := range all {
		names[i] = string(g)
	}
	return strings.Join(names, ", ")
}

// Staff reports whether the users of a connection can be staff.
func (p Policy) Staff(connection string) bool {
	return connection != "" && slices.Contains(p.connections, connection)
}

// Connection returns the connection of all staff; "" if there are several.
func (p Policy) Connection() string {
	if len(p.connections) != 1 {
		return ""
	}
	return p.connections[0]
}

// Groups returns what roles permit together. Other roles of the tenant permit nothing.
func (p Policy) Groups(roles []string) Groups {
	groups := Groups{}
	for _, role := range roles {
		for g := range p.roles[role] {
			groups[g] = true
		}
	}
	return groups
}
