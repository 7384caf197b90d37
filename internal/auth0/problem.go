package auth0

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"usher/internal/problem"
)

const (
	misconfiguredDetail = "The service is not configured rightly; its log says what is wrong."
	takenDetail         = "A user with this email address, phone number or username exists already."
)

func misconfigured(cause error) error {
	return problem.ServiceMisconfigured.Wrap(cause, misconfiguredDetail)
}

// providerProblem is the one translation of the provider's failures. What an
// operation knows better, such as what a 404 means there, it says before.
func providerProblem(err error) error {
	if err == nil || problem.IsProblem(err) {
		return err
	}
	var e *Error
	switch {
	case errors.As(err, &e) && e.Status != 0:
		return statusProblem(err, e)
	case errors.As(err, &e) && e.timedOut(), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return problem.ProviderTimeout.Wrap(err, "The identity provider did not answer in time.")
	case errors.As(err, &e):
		return problem.ProviderUnavailable.Wrap(err, "The identity provider cannot be reached. Try again.")
	default: // an answer that could not be read
		return problem.ProviderFailed.Wrap(err, "The identity provider gave no usable answer.")
	}
}

// hasStatus reports whether the provider answered with this status. That nobody can have
// an id is to us as that nobody has it: 404.
func hasStatus(err error, status int) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	if e.isAboutNoUserID() {
		return status == http.StatusNotFound
	}
	return e.Status == status
}

// noUserID is how the provider refuses, with 400, what has not the form of a user's id, such as one
// without "|" (https://github.com/auth0/auth0.net/issues/289).
var noUserID = regexp.MustCompile(`format user-id|on property '?user_id\b`)

func (e *Error) isAboutNoUserID() bool {
	return e.Status == http.StatusBadRequest && noUserID.MatchString(e.message)
}

// ofOneUser is providerProblem for a call about the user with one id.
func ofOneUser(err error) error {
	if !problem.IsProblem(err) && hasStatus(err, http.StatusNotFound) {
		return problem.UserNotFound.Wrap(err, "No user has this id.")
	}
	return ofTaken(err)
}

// ofTaken is providerProblem for a call that gives a user an address or a name.
func ofTaken(err error) error {
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
		return problem.BodyTooLarge.Wrap(err, "The identity provider takes no more than a part of this.")
	case http.StatusTooManyRequests:
		p := problem.TooManyRequests.Wrap(err, "The identity provider's rate limit is reached. Try again later.")
		p.RetryAfter = max(e.RetryAfter, time.Second) // where the provider does not say, the limit is one by the second
		return p
	case http.StatusServiceUnavailable:
		p := problem.ProviderUnavailable.Wrap(err, "The identity provider is not available. Try again.")
		p.RetryAfter = e.RetryAfter
		return p
	case http.StatusGatewayTimeout:
		return problem.ProviderTimeout.Wrap(err, "The identity provider did not answer in time.")
	}
	return problem.ProviderFailed.Wrap(err, "The identity provider gave no usable answer.")
}

// scope is the form of the provider's scopes; nothing else of its sentence
// about them is worth a place in the log.
var scope = regexp.MustCompile(`\b[a-z]+:[a-z_]+\b`)

func scopesIn(message string) string {
	found := scope.FindAllString(message, 20)
	if len(found) == 0 {
		return "it did not say which"
	}
	return "any of " + strings.Join(found, ", ")
}

// onProperty is how the provider says which member of a body is at fault.
var onProperty = regexp.MustCompile(`(?:on property|property:?|Missing required property:?) '?([a-z_]+)`)

// notUpdatable is how it refuses to change what a social account's own provider
// decides.
var notUpdatable = regexp.MustCompile(`attributes cannot be updated: ([a-z_]+(?:, [a-z_]+)*)`)

// wireName maps the provider's names to ours where they differ.
var wireName = map[string]string{"user_metadata": "metadata"}

// taken is how it says that somebody else has an address or a name.
var taken = regexp.MustCompile(`already exists|in use already`)

// ofScript is how it says that one of its scripts failed, or is not there, as a custom
// database has them. So does the code "auth0_idp_error", which stands without a message at times, and
// beside messages about what is taken (https://github.com/auth0/node-auth0/issues/139,
// https://auth0.com/docs/authenticate/database-connections/custom-db/error-handling).
var ofScript = regexp.MustCompile(`Sandbox Error|script does not exist|implement the .* script`)

// inputProblem names the input that the provider did not take, in our words. Some of what it answers
// with 400 is no fault of the input.
func inputProblem(err error, e *Error) error {
	if weak := passwordFault(e.message); weak != "" {
		return problem.PasswordTooWeak.Wrap(err, "The password breaks the password policy: it "+weak+".", problem.Field{Field: "password", Detail: weak})
	}
	if taken.MatchString(e.message) { // a change to a taken address is a 400, unlike a creation
		return problem.UserExists.Wrap(err, takenDetail)
	}
	if strings.Contains(e.message, "connection does not exist") || strings.Contains(e.message, "Connection does not exist") {
		return fieldsProblem(err, []string{"connection"}, "there is no such connection")
	}
	if found := notUpdatable.FindStringSubmatch(e.message); found != nil {
		return fieldsProblem(err, strings.Split(found[1], ", "), "cannot be changed here: it comes from where this user signs in")
	}
	if e.Code == "auth0_idp_error" || ofScript.MatchString(e.message) {
		return problem.ProviderFailed.Wrap(err, "The identity provider could not do this: where it keeps its users, something failed.")
	}
	if found := onProperty.FindStringSubmatch(e.message); found != nil {
		return fieldsProblem(err, found[1:], "the identity provider does not take this value")
	}
	return problem.InvalidRequest.Wrap(err, "The identity provider does not take this request: a value in it, or the combination of them.")
}

// fieldsProblem names the members at fault, by our names.
func fieldsProblem(err error, names []string, detail string) error {
	var fields []problem.Field
	for _, name := range names {
		fields = append(fields, problem.Field{Field: firstOf(wireName[name], name), Detail: detail})
	}
	return problem.InvalidRequest.Wrap(err, fields[0].Field+": "+detail, fields...)
}
