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

// How an enrolment's link gets to the user.
const (
	byLink  = "link"  // the caller delivers it
	byEmail = "email" // the provider mails it
)

// Phone is the factor of one who may choose between SMS and Voice.
const Phone = "phone"

// factors are those that can be asked for. An email address cannot be enrolled
// by a link.
var factors = []string{TOTP, Phone, Push, WebAuthnRoaming, WebAuthnPlatform}

// Enrollment is what is asked for an enrolment.
type Enrollment struct {
	Factor        string // one of those above, or "" for the user to choose
	AllowMultiple bool   // the user may have another factor already
	SendMail      bool   // to the user's address
}

// Ticket is an enrolment's link, and when it ends. It is a credential.
type Ticket struct {
	URL     string
	Expires time.Time
}

// Enroller makes an enrolment's link, and mails it if asked to. It fails with
// user-not-found and mfa-already-enrolled.
type Enroller interface {
	Enroll(ctx context.Context, user limits.UserID, e Enrollment) (Ticket, error)
}

type enrollBody struct {
	Delivery      *string `json:"delivery"`
	Factor        *string `json:"factor"`
	AllowMultiple bool    `json:"allow_multiple"`
}

type enrollAnswer struct {
	Delivery  string     `json:"delivery"`
	URL       string     `json:"url,omitempty"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
}

// Enroll serves POST /mfa/{user_id}/enrollments. Who has the link mailed does
// not get it.
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
			asked, err := body.enrollment()
			if err != nil {
				return err
			}
			made, err := dir.Enroll(r.Context(), c.User, asked)
			if err != nil {
				return err
			}
			if asked.SendMail {
				return httpapi.JSON(w, http.StatusAccepted, enrollAnswer{Delivery: byEmail})
			}
			return httpapi.JSON(w, http.StatusCreated, enrollAnswer{Delivery: byLink, URL: made.URL, ExpiresAt: &made.Expires})
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
