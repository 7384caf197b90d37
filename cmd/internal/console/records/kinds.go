// Package records reads uploaded files as the records of jobs.
package records

import (
	"slices"
	"strings"

	"usher/cmd/internal/console/policy"
)

// Kind is a kind of job that has records.
type Kind struct {
	Name    string // in the contract, where it is also the path that starts a job
	Members []Member
}

// Type says how a column gives the value of a member.
type Type int

// The types of members.
const (
	Text   Type = iota
	Bool        // true or false
	Object      // any members: metadata.plan
	JSON        // only as JSON: mfa_factors:json
)

// Member is a member of a record. Dots separate levels.
type Member struct {
	Name   string
	Type   Type
	Group  policy.Group // that a person needs beside the groups of the job; "" for none
	Secret bool         // previews do not show it
}

// profile are the members that creations and imports share.
var profile = []Member{
	{Name: "ref"}, {Name: "email"}, {Name: "email_verified", Type: Bool}, {Name: "phone_number"}, {Name: "username"},
	{Name: "name"}, {Name: "given_name"}, {Name: "family_name"}, {Name: "nickname"}, {Name: "picture"},
}

// The kinds of jobs that have records. A test holds them against the contract. The members for links are
// missing: a link is a credential, and the results of a job can be read for days.
var (
	Creations = Kind{Name: "user-creations", Members: slices.Concat(profile, []Member{
		{Name: "connection"}, {Name: "verify_email", Type: Bool}, {Name: "password", Secret: true}, {Name: "invite"},
		{Name: "metadata", Type: Object}, {Name: "app_metadata", Type: Object, Group: policy.AppMetadata},
	})}
	Imports = Kind{Name: "user-imports", Members: slices.Concat(profile, []Member{
		{Name: "phone_verified", Type: Bool}, {Name: "blocked", Type: Bool, Group: policy.Support},
		{Name: "metadata", Type: Object, Group: policy.Metadata}, {Name: "app_metadata", Type: Object, Group: policy.AppMetadata},
		{Name: "password_hash", Secret: true}, {Name: "custom_password_hash", Type: JSON, Secret: true},
		{Name: "mfa_factors", Type: JSON, Group: policy.MFA, Secret: true},
	})}
	Updates = Kind{Name: "user-updates", Members: []Member{
		{Name: "id"}, {Name: "ref"}, {Name: "set.email"}, {Name: "set.email_verified", Type: Bool}, {Name: "set.verify_email", Type: Bool},
		{Name: "set.password", Secret: true}, {Name: "set.revoke_sessions", Type: Bool}, {Name: "set.phone_number"},
		{Name: "set.username"}, {Name: "set.name"}, {Name: "set.given_name"}, {Name: "set.family_name"}, {Name: "set.nickname"},
		{Name: "set.picture"}, {Name: "metadata", Type: Object}, {Name: "app_metadata", Type: Object}, {Name: "blocked", Type: Bool},
	}}
	Deletions = Kind{Name: "user-deletions", Members: []Member{{Name: "id"}, {Name: "email"}, {Name: "ref"}}}
)

// For returns the kind with the members that a person with these groups may use.
func (k Kind) For(groups policy.Groups) Kind {
	k.Members = slices.DeleteFunc(slices.Clone(k.Members), func(m Member) bool { return m.Group != "" && !groups.Has(m.Group) })
	return k
}

// Columns returns the names of columns, as a person reads them.
func (k Kind) Columns() []string {
	names := make([]string, len(k.Members))
	for i, m := range k.Members {
		switch names[i] = m.Name; m.Type {
		case Object:
			names[i] += ".…"
		case JSON:
			names[i] += jsonSuffix
		}
	}
	return names
}

// find returns the member that a name belongs to: that member, or an outer one that takes any members.
func (k Kind) find(name string) (Member, bool) {
	for _, m := range k.Members {
		if m.Name == name || m.Type == Object && strings.HasPrefix(name, m.Name+".") {
			return m, true
		}
	}
	return Member{}, false
}

// hasOuter reports whether a name is the first level of members, such as set.
func (k Kind) hasOuter(name string) bool {
	return slices.ContainsFunc(k.Members, func(m Member) bool { return strings.HasPrefix(m.Name, name+".") })
}
