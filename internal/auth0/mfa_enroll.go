package auth0

import (
	"context"
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

// enrollmentLifetime is the provider's fixed lifetime of an enrolment link
// (https://auth0.com/docs/secure/multi-factor-authentication/multi-factor-authentication-developer-resources/create-custom-enrollment-tickets).
const enrollmentLifetime = 5 * 24 * time.Hour

// factorNames maps the factors of a request to the provider's names.
var factorNames = map[string]management.GuardianEnrollmentFactorEnum{
	mfa.TOTP:             management.GuardianEnrollmentFactorEnumOtp,
	mfa.Phone:            management.GuardianEnrollmentFactorEnumPhone,
	mfa.Push:             management.GuardianEnrollmentFactorEnumPushNotification,
	mfa.WebAuthnRoaming:  management.GuardianEnrollmentFactorEnumWebauthnRoaming,
	mfa.WebAuthnPlatform: management.GuardianEnrollmentFactorEnumWebauthnPlatform,
}

// Enroll creates an enrolment link; see mfa.Enroller.
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
		const detail = "The user already has a second factor. To let the user enrol another one, send allow_multiple."
		err = problem.MFAAlreadyEnrolled.Wrap(err, detail)
	case err == nil && url == "" && !e.SendMail:
		err = problem.ProviderFailed.New(unusableDetail)
	}
	if err != nil {
		return mfa.Ticket{}, fmt.Errorf("create an enrolment ticket: %w", userProblem(err))
	}
	return mfa.Ticket{URL: url, Expires: m.client.opts.Now().Add(enrollmentLifetime).UTC().Truncate(time.Second)}, nil
}

// isAlreadyEnrolled reports whether the provider refused a ticket because the user already has a factor.
func isAlreadyEnrolled(err error) bool {
	return hasStatus(err, http.StatusConflict) ||
		hasStatus(err, http.StatusBadRequest) && strings.Contains(failureIn(err).message, "already enrolled")
}
