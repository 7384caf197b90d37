package policy

import "slices"

// Group is one of the groups of operations that a person may use. The names are those of
// Usher's scopes without "usher:".
type Group string

// The groups. Usher's group for signing users in is missing: only the console itself uses it.
const (
	Read        Group = "read"
	Manage      Group = "manage"
	Recovery    Group = "recovery"
	Metadata    Group = "metadata"
	AppMetadata Group = "app-metadata"
	MFA         Group = "mfa"
	Identities  Group = "identities"
	Sessions    Group = "sessions"
	Support     Group = "support"
	Roles       Group = "roles"
	Bulk        Group = "bulk"
	Import      Group = "import"
	BulkDelete  Group = "bulk-delete"
	Export      Group = "export"
)

var all = []Group{Read, Manage, Recovery, Metadata, AppMetadata, MFA, Identities, Sessions, Support, Roles, Bulk, Import, BulkDelete, Export}

// Groups is a set of groups.
type Groups map[Group]bool

// Everything returns all groups.
func Everything() Groups { return setOf(all...) }

func setOf(groups ...Group) Groups {
	set := Groups{}
	for _, g := range groups {
		set[g] = true
	}
	return set
}

// Has reports whether the set contains a group.
func (s Groups) Has(g Group) bool { return s[g] }

// HasAll reports whether the set contains every group of another one.
func (s Groups) HasAll(other Groups) bool {
	for g := range other {
		if !s[g] {
			return false
		}
	}
	return true
}

// List returns the groups in their fixed order.
func (s Groups) List() []Group {
	return slices.DeleteFunc(slices.Clone(all), func(g Group) bool { return !s[g] })
}
