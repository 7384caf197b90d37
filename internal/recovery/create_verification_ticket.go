package recovery

import (
	"context"
	"net/http"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
)

// VerificationTicketer creates a link that verifies the user's address. It fails with
// user-not-found, user-has-no-email or invalid-request, or with a provider error.
type VerificationTicketer interface {
	VerificationTicket(ctx context.Context, user limits.UserID, o TicketOptions) (Ticket, error)
}

// CreateVerificationTicket serves POST /verification-tickets, for front-ends that send
// their own mail.
func CreateVerificationTicket(dir VerificationTicketer, resultURLs []string) api.Operation {
	return api.Operation{
		Name:        "createverificationticket",
		Routes:      []string{"POST /verification-tickets"},
		Permissions: []permission.Name{permission.Recovery},
		Change:      "verification-ticket.create",
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			var body ticketBody
			if err := httpapi.Decode(r, &body); err != nil {
				return err
			}
			user, options, err := body.checked(r.Context(), c, resultURLs)
			if err != nil {
				return err
			}
			ticket, err := dir.VerificationTicket(r.Context(), user, options)
			if err != nil {
				return err
			}
			return httpapi.JSON(w, http.StatusCreated, ticket)
		},
	}
}
