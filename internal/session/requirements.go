package session

import (
	"context"
	"time"

	"usher/internal/limits"
	"usher/internal/problem"
)

// requirements are checked at the end of a sign-in. The authorization request contains them
// too, but the user can change it in the browser.
type requirements struct {
	mfa        bool
	connection string // "" for any
}

// clockLeeway is the accepted lag of the provider's clock. It is shorter than the leeway
// elsewhere, since a second factor given this long before the sign-in counts as new.
const clockLeeway = 30 * time.Second

// check checks a sign-in that was begun at the given time against the requirements. It
// fails with mfa-not-proved or wrong-connection, or with a provider error.
func (q requirements) check(
	ctx context.Context, provider Provider, begun time.Time, user limits.UserID, s SignIn,
) error {
	if q.mfa && !s.Authentication.provesMFA(begun) {
		return problem.MFANotProved.New("This sign-in required a second factor, but did not prove one. Begin again.")
	}
	if q.connection == "" {
		return nil
	}
	has, err := provider.HasIdentity(ctx, user, q.connection)
	if err != nil {
		return err
	}
	if !has {
		const detail = "The user who signed in has no account in the requested connection. Begin again with prompt=login."
		return problem.WrongConnection.New(detail)
	}
	return nil
}

// provesMFA reports whether the user gave a second factor during this sign-in.
func (a Authentication) provesMFA(begun time.Time) bool {
	return a.MFA && a.Time != nil && !a.Time.Before(begun.Add(-clockLeeway))
}
