package recovery

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/problem"
)

// VerificationEmail is a mail by which a user verifies an address, on its way.
type VerificationEmail struct {
	ID        string     `json:"id"`
	Status    Status     `json:"status"`
	CreatedAt *time.Time `json:"created_at,omitempty"`
}

// Status is how far a mail has come.
type Status string

// All statuses.
const (
	Pending    Status = "pending"
	Processing Status = "processing"
	Completed  Status = "completed" // the provider has sent it
	Failed     Status = "failed"
)

// Verifier sends mails by which users verify their addresses. The errors of
// SendVerification are problems: user-not-found, user-has-no-email, and those
// of a failing provider.
type Verifier interface {
	SendVerification(ctx context.Context, userID string) (VerificationEmail, error)
}

type verificationBody struct {
	UserID *string `json:"user_id"`
}

// SendVerification serves POST /verification-emails. The provider sends the
// mail later; where Location leads to tells when it has.
func SendVerification(dir Verifier) httpapi.Operation {
	handler := func(w http.ResponseWriter, r *http.Request) error {
		if err := httpapi.NoQuery(r); err != nil {
			return err
		}
		var body verificationBody
		if err := httpapi.Decode(r, &body); err != nil {
			return err
		}
		if err := problem.InvalidFields(faultsOfUserID(body.UserID)); err != nil {
			return err
		}
		httpapi.Concerns(r.Context(), *body.UserID)
		if err := limits.Of(r.Context()).User(r.Context(), *body.UserID); err != nil {
			return err
		}
		email, err := dir.SendVerification(r.Context(), *body.UserID)
		if err != nil {
			return err
		}
		w.Header().Set("Location", httpapi.RequestPath(r)+"/"+url.PathEscape(email.ID))
		return httpapi.JSON(w, http.StatusAccepted, email)
	}
	return httpapi.Operation{Routes: []string{"POST /verification-emails"}, Handler: handler, Change: "verification-email.send"}
}

// VerificationReader finds a mail that was asked for. Its errors are problems:
// verification-email-not-found, and those of a failing provider.
type VerificationReader interface {
	Verification(ctx context.Context, id string) (VerificationEmail, error)
}

// GetVerification serves GET /verification-emails/{id}.
func GetVerification(dir VerificationReader) httpapi.Operation {
	handler := func(w http.ResponseWriter, r *http.Request) error {
		if err := httpapi.NoQuery(r); err != nil {
			return err
		}
		id, err := httpapi.PathID(r, "id")
		if err != nil {
			return err
		}
		email, err := dir.Verification(r.Context(), id)
		if err != nil {
			return err
		}
		return httpapi.JSON(w, http.StatusOK, email)
	}
	return httpapi.Operation{Routes: []string{"GET /verification-emails/{id}"}, Handler: handler}
}
