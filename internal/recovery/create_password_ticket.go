package recovery

import (
	"context"
	"net/http"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
)

// PasswordTicketer makes a link that lets its holder set the user's password.
// Its errors are problems: user-not-found, user-has-no-password,
// invalid-request, and those of a failing provider.
type PasswordTicketer interface {
	PasswordTicket(ctx context.Context, user limits.UserID, o TicketOptions) (Ticket, error)
}

type passwordTicketBody struct {
	ticketBody
	VerifiesEmail bool `json:"verifies_email"`
}

// CreatePasswordTicket serves POST /password-tickets, for a front-end that sends
// its own mail. Only the front-end knows whether it mails the link to the user's
// address, and so whether using it verifies that.
func CreatePasswordTicket(dir PasswordTicketer, resultURLs []string) api.Operation {
	return api.Operation{
		Name:        "createpasswordticket",
		Routes:      []string{"POST /password-tickets"},
		Permissions: []permission.Name{permission.Recovery},
		Change:      "password-ticket.create",
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			var body passwordTicketBody
			if err := httpapi.Decode(r, &body); err != nil {
				return err
			}
			user, options, err := body.valid(r.Context(), c, resultURLs)
			if err != nil {
				return err
			}
			options.VerifiesEmail = body.VerifiesEmail
			ticket, err := dir.PasswordTicket(r.Context(), user, options)
			if err != nil {
				return err
			}
			return httpapi.JSON(w, http.StatusCreated, ticket)
		},
	}
}
