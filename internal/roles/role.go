package roles

import (
	"cmp"
	"context"
	"slices"

	"usher/internal/limits"
)

// Role is a role on the wire.
type Role struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
}

// roleList is what every operation with an answer answers.
type roleList struct {
	Roles []Role `json:"roles"`
}

// listOf puts the roles in the order of their names. It is never null.
func listOf(roles []Role) roleList {
	sorted := append([]Role{}, roles...)
	slices.SortFunc(sorted, func(a, b Role) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return roleList{Roles: sorted}
}

// Lister knows all roles.
type Lister interface {
	All(ctx context.Context) ([]Role, error)
}

// Getter knows a user's roles, or fails with user-not-found.
type Getter interface {
	OfUser(ctx context.Context, user limits.UserID) ([]Role, error)
}

// Changer takes roles from a user and then gives others: where only the first
// half is done, the user has too few rights and not too many. It fails with
// user-not-found, or with partly-updated where only the second half failed.
type Changer interface {
	Lister
	Getter
	Change(ctx context.Context, user limits.UserID, remove, assign []Role) error
}
