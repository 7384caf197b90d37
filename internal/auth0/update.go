package auth0

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"

	"usher/internal/limits"
	"usher/internal/problem"
	"usher/internal/users"
)

// separateGroups lists the groups of members that the provider changes only in separate calls. The password is
// first: a policy may refuse it, and then nothing has changed. All other members go into the last call.
var separateGroups = [][]string{
	{"password"}, {"username"}, {"phone_number"}, {"email", "email_verified", "verify_email"},
}

// The step that ends the user's sessions, by the request that needs it.
const (
	// revokeSessions is the last step of a change that includes it: after the password has changed, no new
	// session can begin with the old one.
	revokeSessions = "revoke_sessions"
	// blockedSessions follows the block, which is the first step of a change that includes it.
	blockedSessions = "sessions"
)

func endsSessions(step []string) bool {
	return slices.Contains(step, revokeSessions) || slices.Contains(step, blockedSessions)
}

// Update changes a user in as few calls as the provider allows; see users.Updater.
// Repeating it after partly-updated completes the change.
func (u Users) Update(ctx context.Context, id limits.UserID, patch users.Patch) (users.Updated, error) {
	var updated users.Updated
	err := refuseReserved(patch.AppMetadata, "app_metadata.")
	if err != nil {
		return users.Updated{}, err
	}
	if len(patch.Members) == 0 { // no change will return the user
		if updated.User, err = u.User(ctx, id); err != nil {
			return users.Updated{}, err
		}
	}
	steps := stepsOf(patch)
	var linked linkedIdentity
	for i := 0; i < len(steps); i++ {
		err := u.step(ctx, id.String(), patch, steps[i], linked, &updated)
		if instead := u.stepsForLinked(ctx, err, id.String(), steps[i], &linked); instead != nil {
			steps = slices.Replace(steps, i, i+1, instead...)
			i--
			continue
		}
		if err != nil {
			return users.Updated{}, fmt.Errorf("update user: %w", partly(err, steps, i))
		}
	}
	if updated.ID == "" { // the last change's response is unreadable
		if updated.User, err = u.User(ctx, id); err != nil {
			err = doneUnreadable(err, readToSee, fieldsOf(steps, "was changed")...)
			return users.Updated{}, fmt.Errorf("update user: %w", err)
		}
	}
	return updated, nil
}

// step makes one call of a change and stores its result in updated: no user if the response is unreadable.
func (u Users) step(ctx context.Context, id string, patch users.Patch, members []string, linked linkedIdentity, updated *users.Updated) error {
	if endsSessions(members) {
		ended, err := u.client.endAccess(ctx, id)
		updated.SessionsEnded = &ended
		return err
	}
	changed, err := u.client.change(ctx, id, linked.mark(changesOf(patch, members), members))
	switch {
	case hasStatus(err, http.StatusRequestEntityTooLarge) && (slices.Contains(members, users.MetadataMember) || slices.Contains(members, users.AppMetadataMember)):
		return metadataTooLarge(err)
	case err != nil:
		return u.explainPolicyOf(ctx, userProblem(err), id)
	}
	updated.User, _ = u.client.userIn(ctx, changed) // the zero user if it is unreadable
	return nil
}

// stepsOf returns the calls of a change as groups of members. A block comes first, with all that one
// call can change, and ends the sessions at once. The end of a block comes last.
func stepsOf(patch users.Patch) [][]string {
	separate, rest := groupsOf(patch.Members)
	switch {
	case patch.Blocked != nil && *patch.Blocked:
		return slices.Concat([][]string{rest, {blockedSessions}}, separate)
	case len(rest) == 0:
	case len(separate) == 0:
		separate = [][]string{rest}
	default:
		last := len(separate) - 1
		separate[last] = append(separate[last], rest...)
	}
	if patch.RevokeSessions {
		separate = append(separate, []string{revokeSessions})
	}
	return separate
}

// groupsOf separates the groups of members that need calls of their own from the rest.
func groupsOf(members map[string]bool) (steps [][]string, rest []string) {
	for name := range members {
		if !slices.ContainsFunc(separateGroups, func(group []string) bool { return slices.Contains(group, name) }) {
			rest = append(rest, name)
		}
	}
	for _, group := range separateGroups {
		if step := slices.DeleteFunc(slices.Clone(group), func(name string) bool { return !members[name] }); len(step) > 0 {
			steps = append(steps, step)
		}
	}
	return steps, rest
}

// otherNames are the provider's names of members that have another one there.
var otherNames = map[string]string{users.MetadataMember: "user_metadata"}

// changesOf contains only the step's members. The value of one that is nil is sent as null.
func changesOf(p users.Patch, members []string) map[string]any {
	all := map[string]any{
		"email": p.Email, "password": p.Password, "phone_number": p.PhoneNumber, "username": p.Username,
		"name": p.Name, "given_name": p.GivenName, "family_name": p.FamilyName, "nickname": p.Nickname,
		"picture": p.Picture, "email_verified": p.EmailVerified, "verify_email": p.VerifyEmail,
		users.BlockedMember: p.Blocked, users.MetadataMember: p.Metadata, users.AppMetadataMember: p.AppMetadata,
	}
	changes := map[string]any{}
	for _, name := range members {
		if value, known := all[name]; known {
			changes[cmp.Or(otherNames[name], name)] = value
		}
	}
	if slices.Contains(members, "email") && p.VerifyEmail == nil {
		changes["verify_email"] = false // no mail unless requested
	}
	return changes
}

// partly returns partly-updated if steps were done before the failed one.
func partly(err error, steps [][]string, failed int) error {
	if failed == 0 {
		return err
	}
	return partlyDone(err, fieldsOf(steps[:failed], "was changed"), fieldsOf(steps[failed:], "was not changed"))
}

// fieldsOf returns the result of each member of the steps.
func fieldsOf(steps [][]string, detail string) []problem.Field {
	sessions := map[string]string{"was changed": "was done", "was not changed": "may not have been done"}
	var fields []problem.Field
	for _, name := range slices.Concat(steps...) {
		field := problem.Field{Field: name, Detail: detail}
		if endsSessions([]string{name}) {
			field.Detail = sessions[detail]
		}
		fields = append(fields, field)
	}
	return fields
}
