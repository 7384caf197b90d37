package auth0

import (
	"context"
	"fmt"
	"net/http"

	"github.com/auth0/go-auth0/v3/management/users/authenticationmethods"
	"github.com/auth0/go-auth0/v3/management/users/multifactor"

	"usher/internal/limits"
	"usher/internal/mfa"
	"usher/internal/problem"
)

// MFA implements the interfaces of package mfa.
type MFA struct{ client *Client }

// MFA returns the access to the users' second factors.
func (c *Client) MFA() MFA { return MFA{client: c} }

// Remove removes one of a user's methods; see mfa.Remover.
func (m MFA) Remove(ctx context.Context, id limits.UserID, method string) error {
	_, err := call(ctx, func(ctx context.Context) (any, error) {
		return nil, authenticationmethods.NewClient(m.client.sdk).Delete(ctx, id.String(), method)
	})
	switch {
	case err == nil:
		return nil
	case hasStatus(err, http.StatusNotFound) && !isAboutUser(err):
		err = problem.MFAMethodNotFound.Wrap(err, "The user has no such method.")
	}
	return fmt.Errorf("remove a method: %w", userProblem(err))
}

// Reset removes all of a user's methods; see mfa.Resetter. It reads them first, since the provider reports
// success for an unknown user. It ends sessions last, because a valid method could begin a new one.
func (m MFA) Reset(ctx context.Context, id limits.UserID) (mfa.ResetResult, error) {
	found, err := m.Methods(ctx, id)
	if err != nil {
		return mfa.ResetResult{}, err
	}
	_, err = call(ctx, func(ctx context.Context) (any, error) {
		return nil, authenticationmethods.NewClient(m.client.sdk).DeleteAll(ctx, id.String())
	})
	if err != nil {
		return mfa.ResetResult{}, fmt.Errorf("remove all methods: %w", userProblem(err))
	}
	done := []problem.Field{{Field: "methods", Detail: "were removed"}}
	sessions := problem.Field{Field: "sessions", Detail: "may not have ended"}
	_, err = call(ctx, func(ctx context.Context) (any, error) {
		return nil, multifactor.NewClient(m.client.sdk).InvalidateRememberBrowser(ctx, id.String())
	})
	if err != nil {
		browsers := problem.Field{Field: "browsers", Detail: "may still be remembered"}
		err = partlyDone(userProblem(err), done, []problem.Field{browsers, sessions})
		return mfa.ResetResult{}, fmt.Errorf("forget remembered browsers: %w", err)
	}
	ended, err := m.client.endAccess(ctx, id.String())
	if err != nil {
		done = append(done, problem.Field{Field: "browsers", Detail: "are forgotten"})
		return mfa.ResetResult{}, fmt.Errorf("reset MFA: %w", partlyDone(err, done, []problem.Field{sessions}))
	}
	return mfa.ResetResult{MethodsRemoved: len(found), SessionsEnded: ended}, nil
}

// NewRecoveryCode creates a new recovery code; see mfa.RecoveryMaker. The provider creates
// none for a user without a second factor.
func (m MFA) NewRecoveryCode(ctx context.Context, id limits.UserID) (string, error) {
	made, err := call(ctx, func(ctx context.Context) (any, error) {
		return m.client.users.RegenerateRecoveryCode(ctx, id.String())
	})
	switch {
	case hasStatus(err, http.StatusNotFound) && !isAboutUser(err):
		err = problem.MFANotEnrolled.Wrap(err, "The user has no second factor that a recovery code could replace.")
	case err == nil:
		if code := m.client.textIn(ctx, made, "recovery_code"); code != "" {
			return code, nil
		}
		unknown := problem.Field{Field: "recovery_code", Detail: "was replaced, and the new one is unknown"}
		err = doneUnreadable(errIncomplete, "Send the same request again for another code.", unknown)
	}
	return "", fmt.Errorf("create a recovery code: %w", userProblem(err))
}

// isAboutUser reports whether the provider did not find the user, rather than the user's method.
func isAboutUser(err error) bool {
	e := failureIn(err)
	return e.isAboutNoUserID() || e.Code == "inexistent_user" || e.Code == "user_not_found" || e.message == "User not found"
}
