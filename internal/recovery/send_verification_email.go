package recovery

import (
	"context"
	"net/http"
	"net/url"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
	"usher/internal/valid"
)

// Verifier mails verification links. SendVerification fails with user-not-found or
// user-has-no-email, or with a provider error.
type Verifier interface {
	SendVerification(ctx context.Context, user limits.UserID) (VerificationEmail, error)
}

type verificationBody struct {
	UserID *string `json:"user_id"`
}

// SendVerificationEmail serves POST /verification-emails. The provider sends the mail
// asynchronously; the resource in Location has its status.
func SendVerificationEmail(dir Verifier) api.Operation {
	return api.Operation{
		Name:        "sendverificationemail",
		Routes:      []string{"POST /verification-emails"},
		Permissions: []permission.Name{permission.Recovery},
		Change:      "verification-email.send",
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			var body verificationBody
			if err := httpapi.Decode(r, &body); err != nil {
				return err
			}
			var faults valid.Faults
			faults.Require("user_id", body.UserID, valid.ID)
			if err := faults.Err(); err != nil {
				return err
			}
			httpapi.Concerns(r.Context(), *body.UserID)
			user, err := c.FrontEnd.CheckUser(r.Context(), *body.UserID)
			if err != nil {
				return err
			}
			email, err := dir.SendVerification(r.Context(), user)
			if err != nil {
				return err
			}
			w.Header().Set("Location", httpapi.RequestPath(r)+"/"+url.PathEscape(email.ID))
			return httpapi.JSON(w, http.StatusAccepted, email)
		},
	}
}
