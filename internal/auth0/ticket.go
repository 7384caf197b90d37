package auth0

import (
	"context"
	"fmt"
	"time"

	"github.com/auth0/go-auth0/v3/management"
	"github.com/auth0/go-auth0/v3/management/tickets"
)

// ticketLifetime is the provider's own, where none is asked for.
const ticketLifetime = 5 * 24 * time.Hour

// ticketOptions are what can be asked of a ticket. Zero members are the
// provider's to fill.
type ticketOptions struct {
	resultURL     string        // where the page leads to when it is done
	lifetime      time.Duration // whole seconds
	verifiesEmail bool          // following the link shows whose the address is; password tickets only
	identity      string        // the id within the database, of a user whose first identity is elsewhere; password tickets only
}

// life is how long the ticket is to live, and until when. The provider begins
// to count later, so a ticket never ends before it is said to.
func (o ticketOptions) life(now time.Time) (seconds *int, expires time.Time) {
	lifetime := ticketLifetime
	if o.lifetime > 0 {
		lifetime = o.lifetime
	}
	count := int(lifetime / time.Second)
	return &count, now.Add(lifetime).UTC().Truncate(time.Second)
}

// passwordTicket returns a link that lets its holder set the user's password,
// and when it ends. The link is a credential.
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
		return "", time.Time{}, fmt.Errorf("make a password ticket: %w", ofOneUser(err))
	}
	url = c.textIn(ctx, made, "ticket")
	return url, expires, missing("ticket", url)
}

// verificationTicket returns a link that verifies the user's address, and when
// it ends.
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
		return "", time.Time{}, fmt.Errorf("make a verification ticket: %w", ofOneUser(err))
	}
	url = c.textIn(ctx, made, "ticket")
	return url, expires, missing("ticket", url)
}

// missing is the failure of an answer that lacks what it is for, or nil.
func missing(name, value string) error {
	if value != "" {
		return nil
	}
	return providerProblem(fmt.Errorf("the provider's answer has no %s", name))
}
