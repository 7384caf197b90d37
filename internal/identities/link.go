package identities

import (
	"context"
	"errors"
	"net/http"
	"time"

	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/problem"
)

// Linker makes an account an identity of another one, which cannot be undone
// for its metadata. Link fails with identity-already-linked or user-not-found,
// or with what wraps ErrNotTaken.
type Linker interface {
	Prover
	Reader
	Link(ctx context.Context, userID string, other Identity) ([]Identity, error)
}

// Link serves POST /identities/{user_id}.
func Link(dir Linker, sealer httpapi.Sealer, now func() time.Time) httpapi.Operation {
	handler := func(w http.ResponseWriter, r *http.Request) error {
		id, err := httpapi.OnlyUserID(r, "user_id")
		if err != nil {
			return err
		}
		var body proofs
		if err := httpapi.Decode(r, &body); err != nil {
			return err
		}
		if err := body.malformed(); err != nil {
			return err
		}
		subject, err := body.check(r.Context(), dir, sealer, id, now())
		if err != nil {
			return err
		}
		httpapi.ConcernsOther(r.Context(), subject)
		linked, err := link(r.Context(), dir, id, subject)
		if err != nil {
			return err
		}
		return httpapi.JSON(w, http.StatusCreated, listOf(linked))
	}
	return httpapi.Operation{Routes: []string{"POST /identities/{user_id}"}, Handler: handler, Change: "identity.link"}
}

// link reads the other account first: its own linked identities would come
// along, or be lost, and nobody has asked for either. Then it reads the user's, so
// that neither a blocked account nor its holder gets in by way of the other one.
func link(ctx context.Context, dir Linker, userID, subject string) ([]Identity, error) {
	if subject == userID { // a linked identity signs in as the account that it is linked to
		return nil, alreadyLinked()
	}
	other, err := dir.Account(ctx, subject)
	if problem.Is(err, problem.UserNotFound) {
		return nil, whyNot(ctx, dir, userID, subject, problem.ProofRefused.Wrap(err, "Nothing was linked: the account of link_id_token is no longer there.",
			problem.Field{Field: "link_id_token", Detail: "is of an account that is no longer there"}))
	}
	if err != nil {
		return nil, err
	}
	if err := linkable(ctx, other); err != nil {
		return nil, err
	}
	user, err := dir.Account(ctx, userID)
	switch {
	case err != nil:
		return nil, err
	case !user.isLegible():
		return nil, illegible()
	case user.Blocked:
		return nil, accountBlocked("id_token", "the user")
	}
	linked, err := dir.Link(ctx, userID, other.Identities[0])
	if errors.Is(err, ErrNotTaken) {
		return nil, whyNot(ctx, dir, userID, subject, err)
	}
	return linked, err
}

// linkable says what keeps an account from being linked to whichever user.
func linkable(ctx context.Context, other Account) error {
	if err := limits.Of(ctx).Connection(other.connection()); err != nil {
		return err
	}
	if !other.isLegible() {
		return illegible()
	}
	if other.Blocked {
		return accountBlocked("link_id_token", "the account of link_id_token")
	}
	if len(other.Identities) != 1 {
		return problem.AccountHasIdentities.New("Nothing was linked: the account of link_id_token has linked identities of its own. Unlink them first.")
	}
	return nil
}

func accountBlocked(field, whose string) error {
	return problem.AccountBlocked.New("Nothing was linked: "+whose+" is blocked.", problem.Field{Field: field, Detail: "is of a blocked account"})
}

// whyNot finds out why nothing was linked: the user may be gone, or have the
// identity already, as after an answer that was lost. If neither is so, it is
// otherwise.
func whyNot(ctx context.Context, dir Reader, userID, subject string, otherwise error) error {
	user, err := dir.Account(ctx, userID)
	switch {
	case err != nil:
		return err
	case user.has(subject):
		return alreadyLinked()
	}
	return otherwise
}

func alreadyLinked() error {
	return problem.IdentityAlreadyLinked.New("The account of link_id_token is this user's already.")
}
