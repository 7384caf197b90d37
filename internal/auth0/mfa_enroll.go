package auth0

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/auth0/go-auth0/v3/management"
	"github.com/auth0/go-auth0/v3/management/guardian/enrollments"

	"usher/internal/limits"
	"usher/internal/mfa"
	"usher/internal/problem"
)

// enrollmentLifetime is the provider's own; it cannot be chosen
// (https://auth0.com/docs/secure/multi-factor-authentication/multi-factor-authentication-developer-resources/create-custom-enrollment-tickets).
const enrollmentLifetime = 5 * 24 * time.Hour

// factorNames are the provider's names for the factors that can be asked for.
var factorNames = map[string]management.GuardianEnrollmentFactorEnum{
	mfa.TOTP:             management.GuardianEnrollmentFactorEnumOtp,
	mfa.Phone:            management.GuardianEnrollmentFactorEnumPhone,
	mfa.Push:             management.GuardianEnrollmentFactorEnumPushNotification,
	mfa.WebAuthnRoaming:  management.GuardianEnrollmentFactorEnumWebauthnRoaming,
	mfa.WebAuthnPlatform: management.GuardianEnrollmentFactorEnumWebauthnPlatform,
}

// Enroll makes an enrolment's link; see mfa.Enroller.
func (m MFA) Enroll(ctx context.Context, id limits.UserID, e mfa.Enrollment) (mfa.Ticket, error) {
	request := &management.CreateGuardianEnrollmentTicketRequestContent{UserID: id.String(), SendMail: &e.SendMail, AllowMultipleEnrollments: &e.AllowMultiple}
	if e.Factor != "" {
		factor := factorNames[e.Factor]
		request.Factor = &factor
	}
	url := ""
	body, err := call(ctx, func(ctx context.Context) (any, error) {
		return enrollments.NewClient(m.client.sdk).CreateTicket(ctx, request)
	})
	if err == nil {
		url = m.client.textIn(ctx, body, "ticket_url")
	}
	switch {
	case isAlreadyEnrolled(err):
		err = problem.MFAAlreadyEnrolled.Wrap(err, "The user has a second factor already. To let the user enrol another one, say allow_multiple.")
	case err == nil && url == "" && !e.SendMail:
		err = problem.ProviderFailed.New("The identity provider gave no usable answer.")
	}
	if err != nil {
		return mfa.Ticket{}, fmt.Errorf("make an enrolment ticket: %w", ofOneUser(err))
	}
	return mfa.Ticket{URL: url, Expires: m.client.opts.Now().Add(enrollmentLifetime).UTC().Truncate(time.Second)}, nil
}

// isAlreadyEnrolled reports whether the provider refused a ticket since there
// is a factor already.
func isAlreadyEnrolled(err error) bool {
	var e *Error
	return hasStatus(err, http.StatusConflict) ||
		hasStatus(err, http.StatusBadRequest) && errors.As(err, &e) && strings.Contains(e.message, "already enrolled")
}
