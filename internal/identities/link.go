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

// Linker links accounts: the other account becomes an identity of the user. Its metadata is
// lost permanently. Link fails with identity-already-linked or user-not-found, or with an
// error that wraps ErrNotTaken.
type Linker interface {
	Prover
	Reader
	// AccountWithin is Account for the subject of a token. It also fails if the front-end's
	// limits exclude the account.
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
		ChecksToken: true,
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			var body proofs
			if err := httpapi.Decode(r, &body); err != nil {
				return err
			}
			if err := body.checkFormat(); err != nil {
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

// link reads both accounts before the change. It rejects an account with linked identities,
// which would move or be lost unintentionally. It rejects a blocked account on either side,
// which would otherwise be usable through the other one.
func link(ctx context.Context, dir Linker, c api.Call, subject string) ([]Identity, error) {
	if subject == c.User.String() { // the ID token of a linked identity has the user's own subject
		return nil, errAlreadyLinked()
	}
	other, err := dir.AccountWithin(ctx, c.FrontEnd, subject)
	if problem.Is(err, problem.UserNotFound) {
		refused := problem.ProofRefused.Wrap(err, "Nothing was linked: the account of link_id_token no longer exists.",
			problem.Field{Field: "link_id_token", Detail: "belongs to an account that no longer exists"})
		return nil, explain(ctx, dir, c.User, subject, refused)
	}
	if err != nil {
		return nil, err
	}
	if err := checkLinkable(other); err != nil {
		return nil, err
	}
	user, err := dir.Account(ctx, c.User)
	switch {
	case err != nil:
		return nil, err
	case !user.hasPrimary():
		return nil, errNoPrimary()
	case user.Blocked:
		return nil, errBlocked("id_token", "the user")
	}
	linked, err := dir.Link(ctx, c.User, other.Identities[0])
	if errors.Is(err, ErrNotTaken) {
		return nil, explain(ctx, dir, c.User, subject, err)
	}
	return linked, err
}

// checkLinkable fails if the account cannot be linked to any user.
func checkLinkable(other Account) error {
	if !other.hasPrimary() {
		return errNoPrimary()
	}
	if other.Blocked {
		return errBlocked("link_id_token", "the account of link_id_token")
	}
	if len(other.Identities) != 1 {
		const detail = "Nothing was linked: the account of link_id_token has linked identities. Unlink them first."
		return problem.AccountHasIdentities.New(detail)
	}
	return nil
}

func errBlocked(field, account string) error {
	return problem.AccountBlocked.New("Nothing was linked: "+account+" is blocked.",
		problem.Field{Field: field, Detail: "belongs to a blocked account"})
}

// explain returns the reason of a failed link: the user does not exist, or already has the
// identity, for example because the response to an earlier link was lost. Otherwise it
// returns fallback.
func explain(ctx context.Context, dir Reader, id limits.UserID, subject string, fallback error) error {
	user, err := dir.Account(ctx, id)
	switch {
	case err != nil:
		return err
	case user.has(subject):
		return errAlreadyLinked()
	}
	return fallback
}

func errAlreadyLinked() error {
	return problem.IdentityAlreadyLinked.New("The account of link_id_token is already linked to this user.")
}
