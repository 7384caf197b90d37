package users

import (
	"usher/internal/api"
	"usher/internal/limits"
)

// connection is the one that the user belongs to: that of the first identity,
// with which the account was made.
func (u User) connection() string {
	if len(u.Identities) == 0 {
		return ""
	}
	return u.Identities[0].Connection
}

// shown is the user as the calling front-end may see them.
func shown(c api.Call, u User) User {
	if c.CheckAppMetadata() != nil {
		u.AppMetadata = nil
	}
	return u
}

func allShown(c api.Call, users []User) []User {
	out := make([]User, len(users)) // an empty list, not null
	for i, u := range users {
		out[i] = shown(c, u)
	}
	return out
}

// withinLimits leaves out the users whom the calling front-end may not deal with.
// Where there are others only, it is refused.
func withinLimits(f limits.FrontEnd, found []User) ([]User, error) {
	var within []User
	var refused error
	for _, u := range found {
		if err := f.CheckConnection(u.connection()); err != nil {
			refused = err
			continue
		}
		within = append(within, u)
	}
	if len(within) > 0 {
		return within, nil
	}
	return nil, refused
}
