package auth0

import (
	"context"
	"slices"

	"github.com/auth0/go-auth0/v3/management"

	"usher/internal/problem"
)

// ownMembers are what every identity has for itself. The provider takes those of a linked one only
// with its connection (https://auth0.com/docs/api/management/v2/users/patch-users-by-id). An email
// address is left out: the one that a user shows is that of the first identity.
var ownMembers = []string{"password", "username", "phone_number", "email_verified", "verify_email"}

// linkedIdentity is the linked identity with a password of a user whose first one has none, as
// far as it has been looked for.
type linkedIdentity struct {
	connection string
	members    []string // of the change, that are this identity's
}

// mark says whose the members of a call are.
func (l linkedIdentity) mark(request *management.UpdateUserRequestContent, members []string) *management.UpdateUserRequestContent {
	if slices.Contains(l.members, members[0]) {
		request.SetConnection(&l.connection)
	}
	return request
}

// stepsForLinked returns the calls to make instead of one that was refused, since what
// it changes belongs to a linked identity; nil for none. What does not belong there goes first: where
// that is refused, too, nothing has been changed. The look-up is made after a refusal alone.
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

// linkedDatabase is the connection of a user's first identity with a password, if that is a
// linked one; "" where that cannot be found out, too.
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
