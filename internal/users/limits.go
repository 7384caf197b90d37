package users

import (
	"usher/internal/api"
	"usher/internal/limits"
)

// Within checks the user against a front-end's limits.
func (u User) Within(f limits.FrontEnd) (limits.UserID, error) {
	return f.CheckFoundUser(u.ID, u.connection())
}

// VisibleTo returns the user without app_metadata if the caller may not read it.
func (u User) VisibleTo(c api.Call) User { return allVisibleTo(c, []User{u})[0] }

// connection returns the connection of the user's first identity, with which the account
// was created; "" if there is none.
func (u User) connection() string {
	if len(u.Identities) == 0 {
		return ""
	}
	return u.Identities[0].Connection
}

func allVisibleTo(c api.Call, users []User) []User {
	out := make([]User, len(users)) // encodes as [] instead of null
	copy(out, users)
	if c.CheckAppMetadata() != nil {
		for i := range out {
			out[i].AppMetadata = nil
		}
	}
	return out
}

// withinLimits returns the users that the front-end's limits allow. If the limits exclude
// all of them, it returns the refusal.
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
