package auth0

import (
	"context"
	"fmt"
	"slices"

	"github.com/auth0/go-auth0/v3/management"

	"usher/internal/problem"
)

// endAccess ends a user's sessions and revokes the refresh tokens in one call. ended is false, without
// an error, if the tenant's plan does not include that: the operation that calls it still succeeds.
func (c *Client) endAccess(ctx context.Context, userID string) (ended bool, err error) {
	_, err = call(ctx, func(ctx context.Context) (any, error) {
		return nil, c.users.RevokeAccess(ctx, userID, &management.RevokeUserAccessRequestContent{})
	})
	switch {
	case notInPlan(err):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("end the user's sessions: %w", userProblem(err))
	}
	return true, nil
}

// notInPlan reports whether the provider refused a call because the tenant's plan does not include it.
func notInPlan(err error) bool {
	e := failureIn(err)
	return e.Status == 402 || slices.Contains([]string{"feature_not_enabled", "operation_not_supported", "not_entitled"}, e.Code)
}

// doneUnreadable returns partly-updated with status 502: the change was made, but the
// provider's response is unreadable. cure tells the client what to do.
func doneUnreadable(err error, cure string, fields ...problem.Field) error {
	const detail = "The change was made, but the identity provider's response is unreadable. "
	return problem.PartlyUpdated.Wrap(err, detail+cure, fields...)
}

// readToSee is the cure if a read shows the result of the change.
const readToSee = "Read the resource to see the result."

// repeatToComplete is the usual cure for a partial change.
const repeatToComplete = "Send the same request again to complete it."

// partlyDone returns partly-updated after a later call of a change failed, with the status of err.
// done and undone say what was changed and what was not. Repeating the request completes the change.
func partlyDone(err error, done, undone []problem.Field) error {
	return partlyDoneWith(err, repeatToComplete, done, undone)
}

// partlyDoneWith is partlyDone with another cure.
func partlyDoneWith(err error, cure string, done, undone []problem.Field) error {
	why := problem.From(err)
	kind := problem.PartlyUpdated
	kind.Status = why.Kind.Status
	p := kind.Wrap(err, "Only part of the change was made: "+why.Detail+" "+cure, slices.Concat(done, undone)...)
	p.RetryAfter = why.RetryAfter
	return p
}
