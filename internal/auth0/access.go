package auth0

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/auth0/go-auth0/v3/management"

	"usher/internal/problem"
)

// endAccess ends all of a user's sessions, and revokes the refresh tokens, in
// one call. It reports whether it did: not every plan of the provider's has
// sessions that can be ended, and what this is a part of succeeds all the same.
func (c *Client) endAccess(ctx context.Context, userID string) (ended bool, err error) {
	_, err = call(ctx, func(ctx context.Context) (any, error) {
		return nil, c.users.RevokeAccess(ctx, userID, &management.RevokeUserAccessRequestContent{})
	})
	switch {
	case notInPlan(err):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("end the user's sessions: %w", ofOneUser(err))
	}
	return true, nil
}

// notInPlan reports whether the provider refused a call because the tenant's
// plan lacks it, which is nobody's fault.
func notInPlan(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Status == 402 || slices.Contains([]string{"feature_not_enabled", "operation_not_supported", "not_entitled"}, e.Code))
}

// doneUnread says that a change was made, and that the provider's answer to it
// cannot be read. Its status is 502, whatever kept another look from telling.
func doneUnread(err error, cure string, fields ...problem.Field) error {
	return problem.PartlyUpdated.Wrap(err, "The change was made, but the identity provider's answer cannot be read. "+cure, fields...)
}

// readToSee is the cure where a read tells what a change has made.
const readToSee = "Read it to see the result."

// repeatToComplete is how most changes that were made in part are completed.
const repeatToComplete = "Send the same request again to complete it."

// partlyDone says what was done before a later call failed, and what was not.
// Repeating the request completes it.
func partlyDone(err error, done, undone []problem.Field) error {
	return partlyDoneBut(err, repeatToComplete, done, undone)
}

// partlyDoneBut is partlyDone where something else may complete it.
func partlyDoneBut(err error, cure string, done, undone []problem.Field) error {
	why := problem.From(err)
	kind := problem.PartlyUpdated
	kind.Status = why.Kind.Status
	p := kind.Wrap(err, "A part was done, the rest was not: "+why.Detail+" "+cure, slices.Concat(done, undone)...)
	p.RetryAfter = why.RetryAfter
	return p
}
