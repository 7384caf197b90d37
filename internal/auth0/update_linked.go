package auth0

import (
	"context"
	"slices"

	"usher/internal/problem"
)

// ownMembers lists the members that each identity has separately. For a linked identity the provider
// requires its connection (https://auth0.com/docs/api/management/v2/users/patch-users-by-id). The
// email address is not included: a user has that of the first identity.
var ownMembers = []string{"password", "username", "phone_number", "email_verified", "verify_email"}

// linkedIdentity is the linked identity with a password, for a user whose first identity
// has none. It is empty before the lookup.
type linkedIdentity struct {
	connection string
	members    []string // the members of the change that belong to this identity
}

// mark sets the connection in a call whose members belong to the linked identity.
func (l linkedIdentity) mark(changes map[string]any, members []string) map[string]any {
	if slices.Contains(l.members, members[0]) {
		changes["connection"] = l.connection
	}
	return changes
}

// stepsForLinked returns the calls that replace a refused one whose members belong to a
// linked identity; nil for none. The other members go first: if those are refused as well,
// nothing has changed. The lookup is only needed after a refusal.
func (u Users) stepsForLinked(ctx context.Context, refusal error, id string, members []string, linked *linkedIdentity) [][]string {
	var own, rest []string
	for _, name := range members {
		if slices.Contains(ownMembers, name) {
			own = append(own, name)
		} else {
			rest = append(rest, name)
		}
	}
	isMarked := slices.Contains(linked.members, members[0])
	if !problem.Is(refusal, problem.InvalidRequest) || len(own) == 0 || slices.Contains(rest, "email") || isMarked {
		return nil
	}
	if linked.connection == "" {
		linked.connection = u.linkedDatabase(ctx, id)
	}
	if linked.connection == "" {
		return nil
	}
	linked.members = append(linked.members, own...)
	if len(rest) == 0 {
		return [][]string{own}
	}
	return [][]string{rest, own}
}

// linkedDatabase returns the connection of a user's first identity with a password if that
// is a linked one; "" otherwise and after a failed lookup.
func (u Users) linkedDatabase(ctx context.Context, id string) string {
	user, err := u.client.membersOf(ctx, id, "identities")
	if err != nil {
		return ""
	}
	place := passwordIdentity(user)
	if place < 1 {
		return ""
	}
	return user.Identities[place].Connection
}
