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

// Unlinker makes an identity an account of its own again. Unlink fails with
// what wraps ErrNotTaken where there is no such identity (any more).
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
			httpapi.ConcernsOther(r.Context(), Identity{Provider: c.Parameter("provider"), UserID: c.Parameter("identity")}.accountID())
			remaining, err := unlink(r.Context(), dir, c.User, c.Parameter("provider"), c.Parameter("identity"))
			if err != nil {
				return err
			}
			return httpapi.JSON(w, http.StatusOK, listOf(remaining))
		},
	}
}

// unlink reads the user first, since the provider's refusals do not tell the
// primary identity from one that is not there.
func unlink(ctx context.Context, dir Unlinker, id limits.UserID, provider, identityID string) ([]Identity, error) {
	user, err := dir.Account(ctx, id)
	if err != nil {
		return nil, err
	}
	if !user.isLegible() {
		return nil, illegible()
	}
	i := slices.IndexFunc(user.Identities, func(i Identity) bool { return i.Provider == provider && i.UserID == identityID })
	if i < 0 {
		return nil, problem.IdentityNotFound.New("The user has no such identity.")
	}
	identity := user.Identities[i]
	if identity.Primary {
		return nil, problem.PrimaryIdentity.New("The account was made with this identity, and is nothing without it.")
	}
	remaining, err := dir.Unlink(ctx, id, identity)
	if !errors.Is(err, ErrNotTaken) {
		return remaining, err
	}
	// Somebody else was faster, or the first of several attempts was made after
	// all: then it is done.
	user, readErr := dir.Account(ctx, id)
	switch {
	case readErr != nil:
		return nil, readErr
	case user.has(identity.accountID()):
		return nil, err
	}
	return user.Identities, nil
}
