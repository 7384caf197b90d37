package auth0

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/auth0/go-auth0/v3/management"
	useridentities "github.com/auth0/go-auth0/v3/management/users/identities"

	"usher/internal/identities"
	"usher/internal/limits"
	"usher/internal/problem"
)

// Identities implements the interfaces of package identities.
type Identities struct{ client *Client }

// Identities returns the access to the tenant's connections and identities.
func (c *Client) Identities() Identities { return Identities{client: c} }

// accountFields lists the members of a user that package identities needs. Other providers'
// tokens in the identities are not read.
var accountFields = "user_id,email,email_verified,blocked,identities"

// Account returns an account; see identities.Reader.
func (i Identities) Account(ctx context.Context, id limits.UserID) (identities.Account, error) {
	return i.read(ctx, id.String())
}

// AccountWithin returns the account of a token's subject, if it is within the front-end's
// limits; see identities.Linker.
func (i Identities) AccountWithin(ctx context.Context, f limits.FrontEnd, subject string) (identities.Account, error) {
	account, err := i.read(ctx, subject)
	if err != nil {
		return identities.Account{}, err
	}
	_, err = f.CheckFoundUser(subject, account.Connection())
	return account, err
}

func (i Identities) read(ctx context.Context, id string) (identities.Account, error) {
	found, err := call(ctx, func(ctx context.Context) (any, error) {
		return i.client.users.Get(ctx, id, &management.GetUserRequestParameters{Fields: &accountFields})
	})
	if err != nil {
		return identities.Account{}, fmt.Errorf("get user: %w", userProblem(err))
	}
	account, err := i.client.accountIn(ctx, found)
	if err != nil {
		return identities.Account{}, fmt.Errorf("get user: %w", providerProblem(err))
	}
	return account, nil
}

// ByEmail returns the accounts with an address; see identities.Finder.
func (i Identities) ByEmail(ctx context.Context, email string) ([]identities.Account, error) {
	found, err := i.client.byEmail(ctx, email, &accountFields)
	if err != nil {
		return nil, err
	}
	accounts, err := each(found, i.client.reading(ctx).account)
	if err != nil {
		return nil, fmt.Errorf("list users by email: %w", providerProblem(err))
	}
	return accounts, nil
}

// Proof checks an ID token; see identities.Prover.
func (i Identities) Proof(ctx context.Context, idToken string) (identities.Proof, error) {
	credentials, err := i.client.opts.Credentials.Current(ctx)
	if err != nil {
		return identities.Proof{}, err
	}
	token, err := i.client.verifyIDToken(ctx, credentials, idToken)
	switch {
	case errors.Is(err, errExpired):
		return identities.Proof{}, identities.ErrExpired
	case problem.Is(err, problem.IDTokenInvalid):
		return identities.Proof{}, identities.ErrForeign
	case err != nil:
		return identities.Proof{}, err
	}
	proof := identities.Proof{Subject: token.subject, IssuedAt: token.issuedAt, Nonce: token.nonce}
	if token.claims.has("auth_time") {
		at, _ := token.authTime(i.client.opts.Now())
		proof.ProvedAt = &at
	}
	return proof, nil
}

// Link links an account; see identities.Linker. It names the account by its identity, so no user token goes
// to the provider. An ID belongs to one connection only, so the provider's connection_id is not needed.
func (i Identities) Link(ctx context.Context, id limits.UserID, other identities.Identity) ([]identities.Identity, error) {
	linked, err := call(ctx, func(ctx context.Context) (any, error) {
		return useridentities.NewClient(i.client.sdk).Link(ctx, id.String(), &management.LinkUserIdentityRequestContent{
			Provider: providerOf(other.Provider),
			UserID:   &management.UserID{String: other.UserID},
		})
	})
	switch {
	case hasStatus(err, http.StatusConflict):
		const detail = "The account of link_id_token is already linked, to this user or another."
		return nil, problem.IdentityAlreadyLinked.Wrap(err, detail)
	case err != nil:
		return nil, fmt.Errorf("link an identity: %w", notTaken(err))
	}
	return i.after(ctx, id, linked, "was linked", func(all []identities.Identity) bool { return isAmong(all, other) })
}

func isAmong(all []identities.Identity, one identities.Identity) bool {
	return slices.ContainsFunc(all, func(i identities.Identity) bool { return i.Provider == one.Provider && i.UserID == one.UserID })
}

// after returns the identities after a change, from its response. If that is unreadable, it
// reads the account again, which may show that nothing has changed.
func (i Identities) after(ctx context.Context, id limits.UserID, body []byte, done string, isDone func([]identities.Identity) bool) ([]identities.Identity, error) {
	r := i.client.reading(ctx)
	if list, err := r.parse(body); err == nil {
		if all := r.accountIdentities(list); len(all) > 0 { // every account has one
			return all, nil
		}
	}
	account, err := i.Account(ctx, id)
	if err != nil {
		err = doneUnreadable(err, readToSee, problem.Field{Field: "identity", Detail: done})
		return nil, fmt.Errorf("read the identities after a change: %w", err)
	}
	if !isDone(account.Identities) {
		return nil, providerProblem(errIncomplete)
	}
	return account.Identities, nil
}

// Unlink turns an identity into a separate account; see identities.Unlinker.
func (i Identities) Unlink(ctx context.Context, id limits.UserID, identity identities.Identity) ([]identities.Identity, error) {
	left, err := call(ctx, func(ctx context.Context) (any, error) {
		return useridentities.NewClient(i.client.sdk).Delete(ctx, id.String(), providerOf(identity.Provider), identity.UserID)
	})
	if err != nil {
		return nil, fmt.Errorf("unlink an identity: %w", notTaken(err))
	}
	return i.after(ctx, id, left, "was unlinked", func(all []identities.Identity) bool { return !isAmong(all, identity) })
}

func providerOf(name string) *management.UserIdentityProviderEnum {
	provider := management.UserIdentityProviderEnum(name)
	return &provider
}

// notTaken marks the refusals whose reason the caller has to find.
func notTaken(err error) error {
	if hasStatus(err, http.StatusBadRequest) || hasStatus(err, http.StatusNotFound) {
		return errors.Join(identities.ErrNotTaken, userProblem(err))
	}
	return providerProblem(err)
}
