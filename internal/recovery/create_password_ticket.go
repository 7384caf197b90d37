package recovery

import (
	"context"
	"net/http"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
)

// PasswordTicketer creates a link with which its holder sets the user's password. It fails
// with user-not-found, user-has-no-password or invalid-request, or with a provider error.
type PasswordTicketer interface {
	PasswordTicket(ctx context.Context, user limits.UserID, o TicketOptions) (Ticket, error)
}

type passwordTicketBody struct {
	ticketBody
	VerifiesEmail bool `json:"verifies_email"`
}

// CreatePasswordTicket serves POST /password-tickets, for front-ends that send their own
// mail. Using the link verifies the user's address only if the front-end mails it there, so
// the front-end decides this with verifies_email.
func CreatePasswordTicket(dir PasswordTicketer, resultURLs []string) api.Operation {
	return api.Operation{
		Name:        "createpasswordticket",
		Routes:      []string{"POST /password-tickets"},
		Permissions: []permission.Name{permission.Recovery},
		Change:      "password-ticket.create",
		Urgent:      true,
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			var body passwordTicketBody
			if err := httpapi.Decode(r, &body); err != nil {
				return err
			}
			user, options, err := body.checked(r.Context(), c, resultURLs)
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
