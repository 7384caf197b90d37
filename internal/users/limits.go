package users

import (
	"context"

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
func shown(ctx context.Context, u User) User {
	if limits.AppMetadata(ctx) != nil {
		u.AppMetadata = nil
	}
	return u
}

func allShown(ctx context.Context, users []User) []User {
	out := make([]User, len(users)) // an empty list, not null
	for i, u := range users {
		out[i] = shown(ctx, u)
	}
	return out
}

// withinLimits leaves out the users whom the calling front-end may not deal with.
// Where there are others only, it is refused.
func withinLimits(ctx context.Context, found []User) ([]User, error) {
	var within []User
	var refused error
	for _, u := range found {
		if err := limits.Of(ctx).Connection(u.connection()); err != nil {
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
