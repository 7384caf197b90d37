package recovery

import (
	"context"
	"fmt"
	"time"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/valid"
)

// Ticket is a link that the front-end hands to the user by itself.
type Ticket struct {
	URL       string    `json:"url"`
	ExpiresAt time.Time `json:"expires_at"`
}

// TicketOptions are what can be asked of a ticket.
type TicketOptions struct {
	ResultURL     string        // where its page leads to when it is done; "" for nowhere
	Lifetime      time.Duration // whole seconds; 0 for the provider's own, five days
	VerifiesEmail bool          // using it shows whose the address is; of a password ticket only
}

// The lifetimes that may be asked for.
const (
	shortestTTL = 60
	longestTTL  = 30 * 24 * 60 * 60
)

type ticketBody struct {
	UserID    *string `json:"user_id"`
	ResultURL *string `json:"result_url"`
	TTL       *int    `json:"ttl"` // seconds
}

// valid returns whom the ticket is for and what is asked of it, within the limits of
// the calling front-end. resultURLs are compared exactly: the page behind the link
// must not lead just anywhere.
func (b ticketBody) valid(ctx context.Context, c api.Call, resultURLs []string) (user limits.UserID, o TicketOptions, err error) {
	var faults valid.Faults
	faults.Require("user_id", b.UserID, valid.ID)
	faults.Check("result_url", b.ResultURL, valid.In(resultURLs, "is not one of the configured result URLs"))
	if b.ResultURL != nil {
		o.ResultURL = *b.ResultURL
	}
	if b.TTL != nil {
		o.Lifetime = time.Duration(*b.TTL) * time.Second
		faults.AddIf(*b.TTL < shortestTTL || *b.TTL > longestTTL, "ttl",
			fmt.Sprintf("must be a whole number of seconds from %d to %d", shortestTTL, longestTTL))
	}
	if err := faults.Err(); err != nil {
		return user, o, err
	}
	httpapi.Concerns(ctx, *b.UserID)
	if o.ResultURL != "" {
		if err := c.FrontEnd.CheckResultURL(o.ResultURL); err != nil {
			return user, o, err
		}
	}
	user, err = c.FrontEnd.CheckUser(ctx, *b.UserID)
	return user, o, err
}
