package recovery

import (
	"context"
	"fmt"
	"slices"
	"time"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/problem"
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
	wrong := faultsOfUserID(b.UserID)
	if b.ResultURL != nil {
		o.ResultURL = *b.ResultURL
		if !slices.Contains(resultURLs, o.ResultURL) {
			wrong = append(wrong, problem.Field{Field: "result_url", Detail: "is not one of the URLs that the service is configured with"})
		}
	}
	if b.TTL != nil {
		o.Lifetime = time.Duration(*b.TTL) * time.Second
		if *b.TTL < shortestTTL || *b.TTL > longestTTL {
			wrong = append(wrong, problem.Field{Field: "ttl", Detail: fmt.Sprintf("must be a whole number of seconds from %d to %d", shortestTTL, longestTTL)})
		}
	}
	if err := problem.InvalidFields(wrong); err != nil {
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

func faultsOfUserID(id *string) []problem.Field {
	if id == nil {
		return []problem.Field{{Field: "user_id", Detail: "is missing"}}
	}
	if fault := httpapi.FaultOfID(*id); fault != "" {
		return []problem.Field{{Field: "user_id", Detail: fault}}
	}
	return nil
}
