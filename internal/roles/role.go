package roles

import (
	"cmp"
	"context"
	"slices"

	"usher/internal/limits"
)

// Role is the JSON form of a role.
type Role struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
}

// roleList is the response of every operation that returns roles.
type roleList struct {
	Roles []Role `json:"roles"`
}

func listOf(roles []Role) roleList { return roleList{Roles: Sorted(roles)} }

// Sorted returns the roles by name. It is never nil, so that it does not encode as null.
func Sorted(roles []Role) []Role {
	sorted := append([]Role{}, roles...)
	slices.SortFunc(sorted, func(a, b Role) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return sorted
}

// Lister lists all roles.
type Lister interface {
	All(ctx context.Context) ([]Role, error)
}

// Getter lists a user's roles. It fails with user-not-found.
type Getter interface {
	OfUser(ctx context.Context, user limits.UserID) ([]Role, error)
}

// Changer removes roles from a user and then assigns others, so that a failure in between
// leaves the user with too few rights instead of too many. It fails with user-not-found, or
// with partly-updated if only the assignment failed.
type Changer interface {
	Lister
	Getter
	Change(ctx context.Context, user limits.UserID, remove, assign []Role) error
}
