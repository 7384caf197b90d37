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

// Ticket is a link that the front-end delivers to the user. It is a credential.
type Ticket struct {
	URL       string    `json:"url"`
	ExpiresAt time.Time `json:"expires_at"`
}

// TicketOptions configures a ticket.
type TicketOptions struct {
	ResultURL     string        // redirect target after the ticket was used; "" for none
	Lifetime      time.Duration // whole seconds; 0 for the provider's default of five days
	VerifiesEmail bool          // whether using a password ticket verifies the address
}

// The bounds of a lifetime, in seconds.
const (
	minTTL = 60
	maxTTL = 30 * 24 * 60 * 60
)

type ticketBody struct {
	UserID    *string `json:"user_id"`
	ResultURL *string `json:"result_url"`
	TTL       *int    `json:"ttl"` // seconds
}

// checked returns the user and the options of the ticket, after it checked the body's values,
// resultURLs and the calling front-end's limits.
func (b ticketBody) checked(
	ctx context.Context, c api.Call, resultURLs []string,
) (user limits.UserID, o TicketOptions, err error) {
	var faults valid.Faults
	faults.Require("user_id", b.UserID, valid.ID)
	faults.Check("result_url", b.ResultURL, valid.In(resultURLs, "is not one of the configured result URLs"))
	if b.ResultURL != nil {
		o.ResultURL = *b.ResultURL
	}
	if b.TTL != nil {
		o.Lifetime = time.Duration(*b.TTL) * time.Second
		faults.AddIf(*b.TTL < minTTL || *b.TTL > maxTTL, "ttl",
			fmt.Sprintf("must be a whole number of seconds from %d to %d", minTTL, maxTTL))
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
