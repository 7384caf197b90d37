package auth0

import (
	"context"
	"fmt"
	"net/http"

	"github.com/auth0/go-auth0/v3/management"

	"usher/internal/limits"
	"usher/internal/problem"
	"usher/internal/recovery"
	"usher/internal/users"
)

// Recovery implements the interfaces of package recovery.
type Recovery struct{ client *Client }

// Recovery returns the access to the tenant's mails and links.
func (c *Client) Recovery() Recovery { return Recovery{client: c} }

// MailPasswordLink mails a link for setting a password; see recovery.Mailer.
func (r Recovery) MailPasswordLink(ctx context.Context, connection, email string) error {
	return r.client.mailPasswordLink(ctx, connection, email)
}

// PasswordTicket creates a link for setting the user's password; see
// recovery.PasswordTicketer. By default the provider uses the user's first identity. If it
// refuses that, a lookup finds a later identity with a password.
func (r Recovery) PasswordTicket(ctx context.Context, id limits.UserID, o recovery.TicketOptions) (recovery.Ticket, error) {
	options := ticketOptions{resultURL: o.ResultURL, lifetime: o.Lifetime, verifiesEmail: o.VerifiesEmail}
	url, expires, err := r.client.passwordTicket(ctx, id.String(), options)
	if hasStatus(err, http.StatusBadRequest) {
		options.identity, err = r.otherIdentity(ctx, err, id.String())
		if options.identity != "" {
			url, expires, err = r.client.passwordTicket(ctx, id.String(), options)
		}
	}
	if err != nil {
		return recovery.Ticket{}, err
	}
	return recovery.Ticket{URL: url, ExpiresAt: expires}, nil
}

// otherIdentity returns the ID of a user's identity with a password, if that is not the
// first one. Otherwise it returns the reason for the refusal.
func (r Recovery) otherIdentity(ctx context.Context, refusal error, userID string) (id string, err error) {
	user, err := r.client.membersOf(ctx, userID, "identities")
	switch {
	case problem.Is(err, problem.UserNotFound): // the refusal was about the ID
		return "", err
	case err != nil:
		return "", refusal
	}
	place := passwordIdentity(user)
	switch {
	case place < 0:
		return "", problem.UserHasNoPassword.Wrap(refusal, "This user signs in elsewhere, and has no password here.")
	case place == 0:
		return "", refusal
	case user.Identities[place].UserID == "":
		return "", providerProblem(errIncomplete)
	}
	return user.Identities[place].UserID, nil
}

// VerificationTicket creates a link that verifies the user's address; see recovery.VerificationTicketer.
func (r Recovery) VerificationTicket(ctx context.Context, id limits.UserID, o recovery.TicketOptions) (recovery.Ticket, error) {
	url, expires, err := r.client.verificationTicket(ctx, id.String(), ticketOptions{resultURL: o.ResultURL, lifetime: o.Lifetime})
	if err != nil {
		return recovery.Ticket{}, r.explainNoEmail(ctx, err, id.String())
	}
	return recovery.Ticket{URL: url, ExpiresAt: expires}, nil
}

// explainNoEmail looks up whether a refused user has no address to verify or does not exist.
// The provider's messages for these cases are not documented.
func (r Recovery) explainNoEmail(ctx context.Context, err error, userID string) error {
	if !hasStatus(err, http.StatusBadRequest) {
		return err
	}
	user, lookUpErr := r.client.membersOf(ctx, userID, "email")
	switch {
	case problem.Is(lookUpErr, problem.UserNotFound):
		return lookUpErr
	case lookUpErr == nil && user.Email == "":
		return problem.UserHasNoEmail.Wrap(err, "This user has no email address.")
	}
	return err
}

// membersOf reads only these members of a user, a comma-separated list of the provider's names.
func (c *Client) membersOf(ctx context.Context, userID, names string) (users.User, error) {
	fields := names
	if names != "user_id" {
		fields = "user_id," + names // a user without an ID is unreadable
	}
	found, err := call(ctx, func(ctx context.Context) (any, error) {
		return c.users.Get(ctx, userID, &management.GetUserRequestParameters{Fields: &fields})
	})
	if err != nil {
		return users.User{}, fmt.Errorf("get %s of a user: %w", names, userProblem(err))
	}
	user, err := c.userIn(ctx, found)
	if err != nil {
		return users.User{}, fmt.Errorf("get %s of a user: %w", names, providerProblem(err))
	}
	return user, nil
}
