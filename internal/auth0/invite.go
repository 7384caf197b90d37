package auth0

import (
	"context"
	"fmt"

	"usher/internal/problem"
	"usher/internal/users"
)

// Invite invites a newly created user; see users.Creator. created is the user's current
// state: the address may differ from that in a repeated request.
func (u Users) Invite(ctx context.Context, created users.Creation, n users.New) (invited users.Created, err error) {
	if n.Invite.By == users.InviteByEmail {
		invited, err = u.mailInvitation(ctx, created, n.Connection)
	} else {
		invited, err = u.makeInvitation(ctx, created.User, n.Invite)
	}
	if err != nil {
		return users.Created{}, fmt.Errorf("invite user: %w", notInvited(err, created))
	}
	return invited, nil
}

// mailInvitation has the provider mail the link. With an idempotency record it records
// that, so that a repeated request does not mail another one.
func (u Users) mailInvitation(ctx context.Context, created users.Creation, connection string) (users.Created, error) {
	user := created.User
	if user.Email == "" {
		return users.Created{}, problem.Invalid("email", "the user no longer has one")
	}
	if err := u.client.mailPasswordLink(ctx, connection, user.Email); err != nil {
		return users.Created{}, err
	}
	if created.Record == (users.IdempotencyRecord{}) {
		return users.Created{User: user}, nil
	}
	noted, err := u.noteMailed(ctx, user.ID, created.Record)
	if err != nil { // the mail is sent, which completes the request
		const message = "could not record a mailed invitation; a repeated request may mail it again"
		u.client.opts.Log.WarnContext(ctx, message, "user", user.ID, "error", err)
		return users.Created{User: user}, nil
	}
	return users.Created{User: noted}, nil
}

func (u Users) noteMailed(ctx context.Context, userID string, record users.IdempotencyRecord) (users.User, error) {
	note := withReserved(nil, reserved{Request: record.Fingerprint, Mailed: true}) // other members stay as they are
	updated, err := u.client.change(ctx, userID, map[string]any{"app_metadata": note})
	if err != nil {
		return users.User{}, userProblem(err)
	}
	if user, err := u.client.userIn(ctx, updated); err == nil {
		return user, nil
	}
	return u.read(ctx, userID)
}

func (u Users) makeInvitation(ctx context.Context, user users.User, invite users.Invite) (users.Created, error) {
	url, expires, err := u.client.passwordTicket(ctx, user.ID, ticketOptions{
		resultURL: invite.ResultURL, lifetime: invite.TTL, verifiesEmail: invite.VerifiesEmail,
	})
	if err != nil {
		return users.Created{}, err
	}
	return users.Created{User: user, Invitation: &users.Invitation{URL: url, ExpiresAt: expires}}, nil
}

// notInvited returns partly-updated for a user who exists, and how to complete the invitation.
func notInvited(err error, created users.Creation) error {
	cure := "Complete it with POST /password-resets or POST /password-tickets."
	if created.Record != (users.IdempotencyRecord{}) {
		cure = repeatToComplete
	}
	return partlyDoneWith(err, cure,
		[]problem.Field{{Field: "id", Detail: created.User.ID}},
		[]problem.Field{{Field: "invite", Detail: "may not have been sent or created"}})
}
