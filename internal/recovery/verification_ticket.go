package recovery

import (
	"context"
	"net/http"

	"usher/internal/httpapi"
)

// VerificationTicketer makes a link that verifies the user's address. Its
// errors are problems: user-not-found, user-has-no-email, invalid-request, and
// those of a failing provider.
type VerificationTicketer interface {
	VerificationTicket(ctx context.Context, userID string, o TicketOptions) (Ticket, error)
}

// CreateVerificationTicket serves POST /verification-tickets, for a front-end
// that sends its own mail.
func CreateVerificationTicket(dir VerificationTicketer, resultURLs []string) httpapi.Operation {
	handler := func(w http.ResponseWriter, r *http.Request) error {
		if err := httpapi.NoQuery(r); err != nil {
			return err
		}
		var body ticketBody
		if err := httpapi.Decode(r, &body); err != nil {
			return err
		}
		userID, options, err := body.valid(resultURLs)
		if err != nil {
			return err
		}
		httpapi.Concerns(r.Context(), userID)
		if err := within(r.Context(), userID, options); err != nil {
			return err
		}
		ticket, err := dir.VerificationTicket(r.Context(), userID, options)
		if err != nil {
			return err
		}
		return httpapi.JSON(w, http.StatusCreated, ticket)
	}
	return httpapi.Operation{Routes: []string{"POST /verification-tickets"}, Handler: handler, Change: "verification-ticket.create"}
}
