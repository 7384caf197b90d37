package identities

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
	"usher/internal/problem"
)

// Unlinker turns a linked identity into a separate account. Unlink fails with an error that
// wraps ErrNotTaken if the user has no such identity.
type Unlinker interface {
	Reader
	Unlink(ctx context.Context, user limits.UserID, identity Identity) ([]Identity, error)
}

// Unlink serves DELETE /identities/{user_id}/{provider}/{identity}.
func Unlink(dir Unlinker) api.Operation {
	return api.Operation{
		Name:        "unlinkidentity",
		Routes:      []string{"DELETE /identities/{user_id}/{provider}/{identity}"},
		Parameters:  api.Parameters{"user_id": api.User, "provider": api.Provider, "identity": api.Identity},
		Permissions: []permission.Name{permission.Identities},
		Change:      "identity.unlink",
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			provider, identity := c.Parameter("provider"), c.Parameter("identity")
			httpapi.ConcernsOther(r.Context(), Identity{Provider: provider, UserID: identity}.accountID())
			remaining, err := unlink(r.Context(), dir, c.User, provider, identity)
			if err != nil {
				return err
			}
			return httpapi.JSON(w, http.StatusOK, listOf(remaining))
		},
	}
}

// unlink reads the user first, since the provider refuses the primary identity and an
// unknown identity in the same way.
func unlink(ctx context.Context, dir Unlinker, id limits.UserID, provider, identityID string) ([]Identity, error) {
	user, err := dir.Account(ctx, id)
	if err != nil {
		return nil, err
	}
	if !user.hasPrimary() {
		return nil, errNoPrimary()
	}
	isWanted := func(i Identity) bool { return i.Provider == provider && i.UserID == identityID }
	i := slices.IndexFunc(user.Identities, isWanted)
	if i < 0 {
		return nil, problem.IdentityNotFound.New("The user has no such identity.")
	}
	identity := user.Identities[i]
	if identity.Primary {
		return nil, problem.PrimaryIdentity.New("The account was created with this identity, which cannot be unlinked.")
	}
	remaining, err := dir.Unlink(ctx, id, identity)
	if !errors.Is(err, ErrNotTaken) {
		return remaining, err
	}
	// Another caller, or an earlier attempt whose response was lost, may have unlinked it.
	user, readErr := dir.Account(ctx, id)
	switch {
	case readErr != nil:
		return nil, readErr
	case user.has(identity.accountID()):
		return nil, err
	}
	return user.Identities, nil
}
