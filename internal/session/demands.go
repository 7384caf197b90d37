package session

import (
	"context"
	"time"

	"usher/internal/limits"
	"usher/internal/problem"
)

// demands are what a sign-in has to show in the end. The authorization request
// asks the provider for the same, but it goes through the user's hands.
type demands struct {
	mfa        bool
	connection string // "" for any
}

// clockLeeway is how far the provider's clock may be behind this one. A sign-in
// that was finished that shortly before this one began passes for fresh, so it is
// less than what clocks are granted elsewhere.
const clockLeeway = 30 * time.Second

// check holds a sign-in that was begun at that time to what was asked of it.
// It fails with mfa-not-proved, wrong-connection, and as a failing provider does.
func (d demands) check(ctx context.Context, provider Provider, begun time.Time, user limits.UserID, s SignIn) error {
	if d.mfa && !s.Authentication.provesMFA(begun) {
		return problem.MFANotProved.New("The sign-in was to show a second factor, given now, and did not. Begin again.")
	}
	if d.connection == "" {
		return nil
	}
	has, err := provider.HasIdentity(ctx, user, d.connection)
	if err != nil {
		return err
	}
	if !has {
		return problem.WrongConnection.New("The user who signed in has no account in the connection that was asked for. Begin again, with prompt=login.")
	}
	return nil
}

// provesMFA reports whether a second factor was given, and in this very sign-in.
func (a Authentication) provesMFA(begun time.Time) bool {
	return a.MFA && a.Time != nil && !a.Time.Before(begun.Add(-clockLeeway))
}
