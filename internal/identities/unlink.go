package identities

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"usher/internal/httpapi"
	"usher/internal/problem"
)

// Unlinker makes an identity an account of its own again. Unlink fails with
// what wraps ErrNotTaken where there is no such identity (any more).
type Unlinker interface {
	Reader
	Unlink(ctx context.Context, userID string, identity Identity) ([]Identity, error)
}

// Unlink serves DELETE /identities/{user_id}/{provider}/{identity}.
func Unlink(dir Unlinker) httpapi.Operation {
	handler := func(w http.ResponseWriter, r *http.Request) error {
		id, err := httpapi.OnlyUserID(r, "user_id")
		if err != nil {
			return err
		}
		provider, err := httpapi.PathID(r, "provider")
		if err != nil {
			return err
		}
		identity, err := httpapi.PathID(r, "identity")
		if err != nil {
			return err
		}
		httpapi.ConcernsOther(r.Context(), Identity{Provider: provider, UserID: identity}.accountID())
		remaining, err := unlink(r.Context(), dir, id, provider, identity)
		if err != nil {
			return err
		}
		return httpapi.JSON(w, http.StatusOK, listOf(remaining))
	}
	return httpapi.Operation{Routes: []string{"DELETE /identities/{user_id}/{provider}/{identity}"}, Handler: handler, Change: "identity.unlink"}
}

// unlink reads the user first, since the provider's refusals do not tell the
// primary identity from one that is not there.
func unlink(ctx context.Context, dir Unlinker, userID, provider, identityID string) ([]Identity, error) {
	user, err := dir.Account(ctx, userID)
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
	remaining, err := dir.Unlink(ctx, userID, identity)
	if !errors.Is(err, ErrNotTaken) {
		return remaining, err
	}
	// Somebody else was faster, or the first of several attempts was made after
	// all: then it is done.
	user, readErr := dir.Account(ctx, userID)
	switch {
	case readErr != nil:
		return nil, readErr
	case user.has(identity.accountID()):
		return nil, err
	}
	return user.Identities, nil
}
