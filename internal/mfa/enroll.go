package mfa

import (
	"context"
	"net/http"
	"time"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
	"usher/internal/valid"
)

// How the enrollment link reaches the user.
const (
	byLink  = "link"  // the caller delivers it
	byEmail = "email" // the provider mails it
)

// Phone is the factor with which the user chooses between SMS and Voice.
const Phone = "phone"

// factors lists the factors that a link can enroll. Email is not among them.
var factors = []string{TOTP, Phone, Push, WebAuthnRoaming, WebAuthnPlatform}

// Enrollment holds the options of an enrollment.
type Enrollment struct {
	Factor        string // one of factors; "" if the user chooses
	AllowMultiple bool   // whether the user may already have a factor
	SendMail      bool   // whether the provider mails the link to the user
}

// Ticket is an enrollment link. It is a credential.
type Ticket struct {
	URL     string
	Expires time.Time
}

// Enroller creates an enrollment link, and mails it if requested. It fails with
// user-not-found or mfa-already-enrolled.
type Enroller interface {
	Enroll(ctx context.Context, user limits.UserID, e Enrollment) (Ticket, error)
}

type enrollBody struct {
	Delivery      *string `json:"delivery"`
	Factor        *string `json:"factor"`
	AllowMultiple bool    `json:"allow_multiple"`
}

type enrollResponse struct {
	Delivery  string     `json:"delivery"`
	URL       string     `json:"url,omitempty"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
}

// Enroll serves POST /mfa/{user_id}/enrollments. The response omits a link that is mailed.
func Enroll(dir Enroller) api.Operation {
	return api.Operation{
		Name:        "enrollmfa",
		Routes:      []string{"POST /mfa/{user_id}/enrollments"},
		Parameters:  api.Parameters{"user_id": api.User},
		Permissions: []permission.Name{permission.MFA},
		Change:      "mfa.enroll",
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			var body enrollBody
			if err := httpapi.Decode(r, &body); err != nil {
				return err
			}
			enrollment, err := body.enrollment()
			if err != nil {
				return err
			}
			ticket, err := dir.Enroll(r.Context(), c.User, enrollment)
			if err != nil {
				return err
			}
			if enrollment.SendMail {
				return httpapi.JSON(w, http.StatusAccepted, enrollResponse{Delivery: byEmail})
			}
			created := enrollResponse{Delivery: byLink, URL: ticket.URL, ExpiresAt: &ticket.Expires}
			return httpapi.JSON(w, http.StatusCreated, created)
		},
	}
}

func (b enrollBody) enrollment() (Enrollment, error) {
	var faults valid.Faults
	faults.Check("delivery", b.Delivery, valid.OneOf(byLink, byEmail))
	faults.Check("factor", b.Factor, valid.OneOf(factors...))
	e := Enrollment{AllowMultiple: b.AllowMultiple, SendMail: b.Delivery != nil && *b.Delivery == byEmail}
	if b.Factor != nil {
		e.Factor = *b.Factor
	}
	return e, faults.Err()
}
