package users

import (
	"slices"
	"time"
)

// Filter selects the users in a list. Zero fields do not filter.
type Filter struct {
	Search         string // prefix of email, name or nickname
	Email          string // exact, ignoring case
	Connection     string
	Connections    []string // allowed connections of the first identity; nil allows all
	EmailVerified  *bool
	Blocked        *bool
	CreatedAfter   time.Time // all four bounds are exclusive
	CreatedBefore  time.Time
	LastLoginAfter time.Time
	LastLoginUntil time.Time
}

// matches applies the filter to a user as the provider's search does. It ignores Search
// and Email.
func (f Filter) matches(u User) bool {
	inConnection := func(i Identity) bool { return i.Connection == f.Connection }
	switch {
	case !f.AllowsConnection(u):
		return false
	case f.Connection != "" && !slices.ContainsFunc(u.Identities, inConnection):
		return false
	case f.EmailVerified != nil && (u.EmailVerified != nil && *u.EmailVerified) != *f.EmailVerified:
		return false
	case f.Blocked != nil && u.Blocked != *f.Blocked:
		return false
	}
	return inRange(u.CreatedAt, f.CreatedAfter, f.CreatedBefore) &&
		inRange(u.LastLogin, f.LastLoginAfter, f.LastLoginUntil)
}

// AllowsConnection reports whether the connection of the user's first identity is in
// Connections. The provider's search cannot distinguish the first identity.
func (f Filter) AllowsConnection(u User) bool {
	return f.Connections == nil || slices.Contains(f.Connections, u.connection())
}

func inRange(at *time.Time, after, before time.Time) bool {
	if at == nil {
		return after.IsZero() && before.IsZero()
	}
	return (after.IsZero() || at.After(after)) && (before.IsZero() || at.Before(before))
}
