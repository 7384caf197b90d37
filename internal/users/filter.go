package users

import (
	"slices"
	"time"
)

// Filter is what a listed user must be. Zero members do not filter.
type Filter struct {
	Search         string // what email, name or nickname begins with
	Email          string // exactly, but for case
	Connection     string
	Connections    []string // of one of which the first identity must be; nil does not filter
	EmailVerified  *bool
	Blocked        *bool
	CreatedAfter   time.Time // these four exclude the instant itself
	CreatedBefore  time.Time
	LastLoginAfter time.Time
	LastLoginUntil time.Time
}

// matches does for users at hand what the provider's search does for all, but
// for Search and Email.
func (f Filter) matches(u User) bool {
	inConnection := func(i Identity) bool { return i.Connection == f.Connection }
	switch {
	case !f.Belongs(u):
		return false
	case f.Connection != "" && !slices.ContainsFunc(u.Identities, inConnection):
		return false
	case f.EmailVerified != nil && (u.EmailVerified != nil && *u.EmailVerified) != *f.EmailVerified:
		return false
	case f.Blocked != nil && u.Blocked != *f.Blocked:
		return false
	}
	return inRange(u.CreatedAt, f.CreatedAfter, f.CreatedBefore) && inRange(u.LastLogin, f.LastLoginAfter, f.LastLoginUntil)
}

// Belongs reports whether the user is of one of the connections that the filter
// is for. The provider's search cannot: it does not know the first identity from
// the others.
func (f Filter) Belongs(u User) bool {
	return f.Connections == nil || slices.Contains(f.Connections, u.connection())
}

func inRange(at *time.Time, after, before time.Time) bool {
	if at == nil {
		return after.IsZero() && before.IsZero()
	}
	return (after.IsZero() || at.After(after)) && (before.IsZero() || at.Before(before))
}
