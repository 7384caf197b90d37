package auth0

import (
	"context"
	"fmt"
	"time"

	"github.com/auth0/go-auth0/v3/management"
	"github.com/auth0/go-auth0/v3/management/tickets"
)

// ticketLifetime is the provider's default lifetime of a ticket.
const ticketLifetime = 5 * 24 * time.Hour

// ticketOptions are the options of a ticket. Zero members get the provider's defaults.
type ticketOptions struct {
	resultURL     string        // where the page redirects to at the end
	lifetime      time.Duration // whole seconds
	verifiesEmail bool          // password tickets only: the link verifies the address
	identity      string        // password tickets only: the database identity's ID, if not the first identity
}

// life returns a ticket's lifetime in seconds and its end. The provider starts counting
// later, so no ticket ends before the returned time.
func (o ticketOptions) life(now time.Time) (seconds *int, expires time.Time) {
	lifetime := ticketLifetime
	if o.lifetime > 0 {
		lifetime = o.lifetime
	}
	count := int(lifetime / time.Second)
	return &count, now.Add(lifetime).UTC().Truncate(time.Second)
}

// passwordTicket returns a link for setting the user's password, and when it ends. The link is a credential.
func (c *Client) passwordTicket(ctx context.Context, userID string, o ticketOptions) (url string, expires time.Time, err error) {
	seconds, expires := o.life(c.opts.Now())
	request := &management.ChangePasswordTicketRequestContent{UserID: &userID, MarkEmailAsVerified: &o.verifiesEmail, TTLSec: seconds}
	if o.resultURL != "" {
		request.ResultURL = &o.resultURL
	}
	if o.identity != "" {
		request.Identity = &management.ChangePasswordTicketIdentity{UserID: o.identity, Provider: management.IdentityProviderOnlyAuth0EnumAuth0}
	}
	made, err := call(ctx, func(ctx context.Context) (any, error) {
		return tickets.NewClient(c.sdk).ChangePassword(ctx, request)
	})
	if err != nil {
		return "", time.Time{}, fmt.Errorf("create a password ticket: %w", userProblem(err))
	}
	url = c.textIn(ctx, made, "ticket")
	return url, expires, missing("ticket", url)
}

// verificationTicket returns a link that verifies the user's address, and when it ends.
func (c *Client) verificationTicket(ctx context.Context, userID string, o ticketOptions) (url string, expires time.Time, err error) {
	seconds, expires := o.life(c.opts.Now())
	request := &management.VerifyEmailTicketRequestContent{UserID: userID, TTLSec: seconds}
	if o.resultURL != "" {
		request.ResultURL = &o.resultURL
	}
	made, err := call(ctx, func(ctx context.Context) (any, error) {
		return tickets.NewClient(c.sdk).VerifyEmail(ctx, request)
	})
	if err != nil {
		return "", time.Time{}, fmt.Errorf("create a verification ticket: %w", userProblem(err))
	}
	url = c.textIn(ctx, made, "ticket")
	return url, expires, missing("ticket", url)
}

// missing returns provider-failed for a response without its essential member; nil if it is present.
func missing(name, value string) error {
	if value != "" {
		return nil
	}
	return providerProblem(fmt.Errorf("the provider's response has no %s", name))
}
