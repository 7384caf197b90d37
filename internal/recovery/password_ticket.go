package recovery

import (
	"context"
	"net/http"

	"usher/internal/httpapi"
)

// PasswordTicketer makes a link that lets its holder set the user's password.
// Its errors are problems: user-not-found, user-has-no-password,
// invalid-request, and those of a failing provider.
type PasswordTicketer interface {
	PasswordTicket(ctx context.Context, userID string, o TicketOptions) (Ticket, error)
}

type passwordTicketBody struct {
	ticketBody
	VerifiesEmail bool `json:"verifies_email"`
}

// CreatePasswordTicket serves POST /password-tickets, for a front-end that sends
// its own mail. Only the front-end knows whether it mails the link to the user's
// address, and so whether using it verifies that.
func CreatePasswordTicket(dir PasswordTicketer, resultURLs []string) httpapi.Operation {
	handler := func(w http.ResponseWriter, r *http.Request) error {
		if err := httpapi.NoQuery(r); err != nil {
			return err
		}
		var body passwordTicketBody
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
		options.VerifiesEmail = body.VerifiesEmail
		ticket, err := dir.PasswordTicket(r.Context(), userID, options)
		if err != nil {
			return err
		}
		return httpapi.JSON(w, http.StatusCreated, ticket)
	}
	return httpapi.Operation{Routes: []string{"POST /password-tickets"}, Handler: handler, Change: "password-ticket.create"}
}
