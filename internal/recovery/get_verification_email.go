package recovery

import (
	"context"
	"net/http"
	"time"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/permission"
)

// VerificationEmail is a mail with a link to verify an address.
type VerificationEmail struct {
	ID        string     `json:"id"`
	Status    Status     `json:"status"`
	CreatedAt *time.Time `json:"created_at,omitempty"`
}

// Status is the delivery status of a mail.
type Status string

// All statuses.
const (
	Pending    Status = "pending"
	Processing Status = "processing"
	Completed  Status = "completed" // the provider has sent it
	Failed     Status = "failed"
)

// VerificationReader reads the status of a mail. It fails with verification-email-not-found
// or with a provider error.
type VerificationReader interface {
	Verification(ctx context.Context, id string) (VerificationEmail, error)
}

// GetVerificationEmail serves GET /verification-emails/{id}.
func GetVerificationEmail(dir VerificationReader) api.Operation {
	return api.Operation{
		Name:        "getverificationemail",
		Routes:      []string{"GET /verification-emails/{id}"},
		Parameters:  api.Parameters{"id": api.VerificationEmail},
		Permissions: []permission.Name{permission.Recovery},
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			email, err := dir.Verification(r.Context(), c.Parameter("id"))
			if err != nil {
				return err
			}
			return httpapi.JSON(w, http.StatusOK, email)
		},
	}
}
