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
	verifiesEmail bool          // following the link shows whose the address is
}

// passwordTicket returns a link that lets its holder set the user's password,
// and when it ends. The link is a credential.
func (c *Client) passwordTicket(ctx context.Context, userID string, o ticketOptions) (url string, expires time.Time, err error) {
	base, err := c.baseURL(ctx)
	if err != nil {
		return "", time.Time{}, err
	}
	request := &management.ChangePasswordTicketRequestContent{UserID: &userID, MarkEmailAsVerified: &o.verifiesEmail}
	if o.resultURL != "" {
		request.ResultURL = &o.resultURL
	}
	lifetime := ticketLifetime
	if o.lifetime > 0 {
		lifetime = o.lifetime
	}
	seconds := int(lifetime / time.Second)
	request.TTLSec = &seconds
	made, err := tickets.NewClient(c.sdk).ChangePassword(ctx, request, base)
	if err != nil {
		return "", time.Time{}, fmt.Errorf("make a password ticket: %w", ofOneUser(err))
	}
	return made.GetTicket(), c.opts.Now().Add(lifetime).UTC().Truncate(time.Second), nil
}
