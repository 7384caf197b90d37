package auth0

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"usher/internal/problem"
	"usher/internal/secrets"
)

const (
	misconfiguredDetail = "The service is misconfigured. See its log for the cause."
	unusableDetail      = "The identity provider returned no usable response."
	takenDetail         = "A user with this email address, phone number or username already exists."
)

func misconfigured(cause error) error {
	return problem.ServiceMisconfigured.Wrap(cause, misconfiguredDetail)
}

func credentialsRefused(cause error, domain, application, clientID string) error {
	const text = "the provider at %s refused the client credentials of the %s application %q: %w"
	return misconfigured(fmt.Errorf(text, domain, application, secrets.ShownID(clientID), cause))
}

// providerProblem is the only translation of the provider's failures into problems.
// Operations first translate what only they know, such as the meaning of a 404.
func providerProblem(err error) error {
	if err == nil || problem.IsProblem(err) {
		return err
	}
	e, isFailure := errors.AsType[*Error](err)
	switch {
	case isFailure && e.Status != 0:
		return statusProblem(err, e)
	case errors.Is(err, errOverQuota):
		p := problem.ProviderBudget.Wrap(err, "The rest of the identity provider's rate limit is reserved for more important requests. Try again later.")
		p.RetryAfter = e.RetryAfter
		return p
	case isFailure && e.timedOut(), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return problem.ProviderTimeout.Wrap(err, "The identity provider did not answer in time.")
	case isFailure:
		return problem.ProviderUnavailable.Wrap(err, "The identity provider cannot be reached. Try again.")
	default: // an unreadable response
		return problem.ProviderFailed.Wrap(err, unusableDetail)
	}
}

// hasStatus reports whether the provider returned this status. A 400 for an ID that no user
// can have counts as 404.
func hasStatus(err error, status int) bool {
	e := failureIn(err)
	if e.isAboutNoUserID() {
		return status == http.StatusNotFound
	}
	return e.Status == status
}

// noUserID matches the provider's refusal, with 400, of a malformed user ID, such as one
// without "|" (https://github.com/auth0/auth0.net/issues/289).
var noUserID = regexp.MustCompile(`format user-id|on property '?user_id\b`)

func (e *Error) isAboutNoUserID() bool {
	return e.Status == http.StatusBadRequest && noUserID.MatchString(e.message)
}

// userProblem is providerProblem for a call about one user ID.
func userProblem(err error) error {
	if !problem.IsProblem(err) && hasStatus(err, http.StatusNotFound) {
		return problem.UserNotFound.Wrap(err, "No user has this ID.")
	}
	return conflictProblem(err)
}

// conflictProblem is providerProblem for a call that sets a user's address or name.
func conflictProblem(err error) error {
	if !problem.IsProblem(err) && hasStatus(err, http.StatusConflict) {
		return problem.UserExists.Wrap(err, takenDetail)
	}
	return providerProblem(err)
}

func statusProblem(err error, e *Error) error {
	switch e.Status {
	case http.StatusBadRequest:
		return inputProblem(err, e)
	case http.StatusUnauthorized:
		return misconfigured(fmt.Errorf("the provider refused the management token: %w", err))
	case http.StatusForbidden:
		return misconfigured(fmt.Errorf("the management application lacks a scope: %w: %s", err, scopesIn(e.message)))
	case http.StatusRequestEntityTooLarge:
		return problem.BodyTooLarge.Wrap(err, "The request is too large for the identity provider.")
	case http.StatusTooManyRequests:
		p := problem.TooManyRequests.Wrap(err, "The identity provider's rate limit is reached. Try again later.")
		p.RetryAfter = max(e.RetryAfter, time.Second) // without a time, the limit is per second
		return p
	case http.StatusServiceUnavailable:
		p := problem.ProviderUnavailable.Wrap(err, "The identity provider is not available. Try again.")
		p.RetryAfter = e.RetryAfter
		return p
	case http.StatusGatewayTimeout:
		return problem.ProviderTimeout.Wrap(err, "The identity provider did not answer in time.")
	}
	return problem.ProviderFailed.Wrap(err, unusableDetail)
}

// scope is the form of the provider's scopes. The rest of its message about them is not logged.
var scope = regexp.MustCompile(`\b[a-z]+:[a-z_]+\b`)

func scopesIn(message string) string {
	found := scope.FindAllString(message, 20)
	if len(found) == 0 {
		return "it did not say which"
	}
	return "any of " + strings.Join(found, ", ")
}

// onProperty matches the provider's names of invalid members of a body.
var onProperty = regexp.MustCompile(`(?:on property|property:?|Missing required property:?) '?([a-z_]+)`)

// notUpdatable matches the provider's refusal to change attributes that a social account's own provider sets.
var notUpdatable = regexp.MustCompile(`attributes cannot be updated: ([a-z_]+(?:, [a-z_]+)*)`)

// wireName maps the provider's names to ours if they differ.
var wireName = map[string]string{"user_metadata": "metadata"}

// taken matches the provider's message that another user has an address or a name.
var taken = regexp.MustCompile(`already exists|in use already`)

// scriptFailure matches the provider's messages about a failed or missing script of a custom
// database. The code "auth0_idp_error" means the same, but may have no message, or one
// about a taken value (https://github.com/auth0/node-auth0/issues/139,
// https://auth0.com/docs/authenticate/database-connections/custom-db/error-handling).
var scriptFailure = regexp.MustCompile(`Sandbox Error|script does not exist|implement the .* script`)

// inputProblem names the input that the provider refused, in our terms. Some of its
// responses with 400 are not about the input.
func inputProblem(err error, e *Error) error {
	if weak := passwordFault(e.message); weak != "" {
		detail := "The password violates the password policy: it " + weak + "."
		return problem.PasswordTooWeak.Wrap(err, detail, problem.Field{Field: "password", Detail: weak})
	}
	if taken.MatchString(e.message) { // a change to a taken address is a 400, unlike a creation
		return problem.UserExists.Wrap(err, takenDetail)
	}
	if strings.Contains(e.message, "connection does not exist") || strings.Contains(e.message, "Connection does not exist") {
		return fieldsProblem(err, []string{"connection"}, "there is no such connection")
	}
	if found := notUpdatable.FindStringSubmatch(e.message); found != nil {
		return fieldsProblem(err, strings.Split(found[1], ", "), "cannot be changed: the user's connection sets it")
	}
	if e.Code == "auth0_idp_error" || scriptFailure.MatchString(e.message) {
		return problem.ProviderFailed.Wrap(err, "The identity provider's user store failed.")
	}
	if found := onProperty.FindStringSubmatch(e.message); found != nil {
		return fieldsProblem(err, found[1:], "the identity provider refuses this value")
	}
	return problem.InvalidRequest.Wrap(err, "The identity provider refuses a value, or the combination of values.")
}

// fieldsProblem returns invalid-request for these members, with our names.
func fieldsProblem(err error, names []string, detail string) error {
	var fields []problem.Field
	for _, name := range names {
		fields = append(fields, problem.Field{Field: cmp.Or(wireName[name], name), Detail: detail})
	}
	return problem.InvalidRequest.Wrap(err, fields[0].Field+": "+detail, fields...)
}
