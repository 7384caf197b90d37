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

// Recovery is the tenant's mails and links to set passwords and to verify
// addresses, as the recovery package needs them.
type Recovery struct{ client *Client }

// Recovery returns the tenant's mails and links.
func (c *Client) Recovery() Recovery { return Recovery{client: c} }

// MailPasswordLink mails a link to set a password; see recovery.Mailer.
func (r Recovery) MailPasswordLink(ctx context.Context, connection, email string) error {
	return r.client.mailPasswordLink(ctx, connection, email)
}

// PasswordTicket makes a link to set the user's password; see
// recovery.PasswordTicketer. The provider takes the first of a user's
// identities unless it is told another one: of a user whose password belongs to
// a later one, that is found out by a look-up, after a refusal.
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

// otherIdentity returns the identity of a user that has a password, if it is not
// the first, and else why the provider refused to make a ticket for that.
func (r Recovery) otherIdentity(ctx context.Context, refusal error, userID string) (id string, err error) {
	user, err := r.client.membersOf(ctx, userID, "identities")
	switch {
	case problem.Is(err, problem.UserNotFound): // an id that the provider could not be asked for
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

// VerificationTicket makes a link that verifies the user's address; see
// recovery.VerificationTicketer.
func (r Recovery) VerificationTicket(ctx context.Context, id limits.UserID, o recovery.TicketOptions) (recovery.Ticket, error) {
	url, expires, err := r.client.verificationTicket(ctx, id.String(), ticketOptions{resultURL: o.ResultURL, lifetime: o.Lifetime})
	if err != nil {
		return recovery.Ticket{}, r.withoutEmail(ctx, err, id.String())
	}
	return recovery.Ticket{URL: url, ExpiresAt: expires}, nil
}

// withoutEmail finds out whether a user has no address to verify, or does not
// exist, where the provider refused to: its words for the one and the other
// are not documented.
func (r Recovery) withoutEmail(ctx context.Context, err error, userID string) error {
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

// membersOf reads no more of a user than the provider's members that are named,
// with commas between them.
func (c *Client) membersOf(ctx context.Context, userID, names string) (users.User, error) {
	fields := names
	if names != "user_id" {
		fields = "user_id," + names // the id is in every answer that can be read
	}
	found, err := call(ctx, func(ctx context.Context) (any, error) {
		return c.users.Get(ctx, userID, &management.GetUserRequestParameters{Fields: &fields})
	})
	if err != nil {
		return users.User{}, fmt.Errorf("get %s of a user: %w", names, ofOneUser(err))
	}
	user, err := c.userIn(ctx, found)
	if err != nil {
		return users.User{}, fmt.Errorf("get %s of a user: %w", names, providerProblem(err))
	}
	return user, nil
}
