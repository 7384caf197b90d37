package identities

import (
	"context"
	"errors"
	"net/http"
	"time"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
	"usher/internal/problem"
)

// Linker makes an account an identity of another one, which cannot be undone
// for its metadata. Link fails with identity-already-linked or user-not-found,
// or with what wraps ErrNotTaken.
type Linker interface {
	Prover
	Reader
	// AccountWithin is Account for the subject of a token. It fails with the
	// front-end's refusal.
	AccountWithin(ctx context.Context, f limits.FrontEnd, subject string) (Account, error)
	Link(ctx context.Context, user limits.UserID, other Identity) ([]Identity, error)
}

// Link serves POST /identities/{user_id}.
func Link(dir Linker, sealer httpapi.Sealer, now func() time.Time) api.Operation {
	return api.Operation{
		Name:        "linkidentity",
		Routes:      []string{"POST /identities/{user_id}"},
		Parameters:  api.Parameters{"user_id": api.User},
		Permissions: []permission.Name{permission.Identities},
		Change:      "identity.link",
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			var body proofs
			if err := httpapi.Decode(r, &body); err != nil {
				return err
			}
			if err := body.malformed(); err != nil {
				return err
			}
			subject, err := body.check(r.Context(), dir, sealer, c.User.String(), now())
			if err != nil {
				return err
			}
			httpapi.ConcernsOther(r.Context(), subject)
			linked, err := link(r.Context(), dir, c, subject)
			if err != nil {
				return err
			}
			return httpapi.JSON(w, http.StatusCreated, listOf(linked))
		},
	}
}

// link reads the other account first: its own linked identities would come
// along, or be lost, and nobody has asked for either. Then it reads the user's, so
// that neither a blocked account nor its holder gets in by way of the other one.
func link(ctx context.Context, dir Linker, c api.Call, subject string) ([]Identity, error) {
	if subject == c.User.String() { // a linked identity signs in as the account that it is linked to
		return nil, alreadyLinked()
	}
	other, err := dir.AccountWithin(ctx, c.FrontEnd, subject)
	if problem.Is(err, problem.UserNotFound) {
		return nil, whyNot(ctx, dir, c.User, subject, problem.ProofRefused.Wrap(err, "Nothing was linked: the account of link_id_token is no longer there.",
			problem.Field{Field: "link_id_token", Detail: "is of an account that is no longer there"}))
	}
	if err != nil {
		return nil, err
	}
	if err := linkable(other); err != nil {
		return nil, err
	}
	user, err := dir.Account(ctx, c.User)
	switch {
	case err != nil:
		return nil, err
	case !user.isLegible():
		return nil, illegible()
	case user.Blocked:
		return nil, accountBlocked("id_token", "the user")
	}
	linked, err := dir.Link(ctx, c.User, other.Identities[0])
	if errors.Is(err, ErrNotTaken) {
		return nil, whyNot(ctx, dir, c.User, subject, err)
	}
	return linked, err
}

// linkable says what keeps an account from being linked to any user.
func linkable(other Account) error {
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
func whyNot(ctx context.Context, dir Reader, id limits.UserID, subject string, otherwise error) error {
	user, err := dir.Account(ctx, id)
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
