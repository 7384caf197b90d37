package auth0

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// Error is a failed call to the provider: a status other than 2xx, or no response. Its text
// is for the log. It never contains the provider's own text, which may quote user input.
type Error struct {
	Status     int           // HTTP status; 0 without a response
	Code       string        // the provider's errorCode or error
	RequestID  string        // of the provider
	RetryAfter time.Duration // how long to wait; 0 if unknown
	left       int           // see Call.Left
	message    string        // the provider's own text, never shown
	sent       bool          // the provider may have seen the request
	cause      error
}

// Error returns a description for the log.
func (e *Error) Error() string {
	if e.Status == 0 {
		return fmt.Sprintf("no response from the provider: %v", e.cause)
	}
	text := fmt.Sprintf("the provider answered %d", e.Status)
	if e.Code != "" {
		text += " " + strconv.Quote(e.Code)
	}
	if e.RequestID != "" {
		text += " (its request " + strconv.Quote(e.RequestID) + ")"
	}
	return text
}

// Unwrap returns the reason for the missing response.
func (e *Error) Unwrap() error { return e.cause }

// timedOut reports whether the response did not arrive in time.
func (e *Error) timedOut() bool {
	failed, ok := errors.AsType[net.Error](e.cause)
	return errors.Is(e.cause, context.DeadlineExceeded) || ok && failed.Timeout()
}

// errIncomplete means that a response lacks a required member, or is not JSON.
var errIncomplete = errors.New("the provider's response lacks a required member")

func noAnswer(cause error, sent bool) *Error { return &Error{cause: cause, sent: sent, left: -1} }

// statusError reads the provider's two error formats: the Management API's and OAuth 2.0's
// (RFC 6749, section 5.2). It reads nothing from other bodies, such as a proxy's HTML.
func statusError(resp *http.Response, body []byte, now time.Time) *Error {
	var parsed struct {
		Message          string `json:"message"`
		ErrorCode        string `json:"errorCode"`
		Error            string `json:"error"`
		ErrorDescription string `json:"error_description"`
	}
	_ = json.Unmarshal(body, &parsed)
	e := &Error{
		Status:     resp.StatusCode,
		Code:       bounded(cmp.Or(parsed.ErrorCode, parsed.Error)),
		RequestID:  bounded(cmp.Or(resp.Header.Get("X-Auth0-RequestId"), resp.Header.Get("X-Correlation-Id"), resp.Header.Get("CF-Ray"))),
		RetryAfter: retryAfter(resp.StatusCode, resp.Header, now),
		left:       limitLeft(resp.Header),
		message:    cmp.Or(parsed.Message, parsed.ErrorDescription),
		sent:       true,
	}
	return e
}

// failureIn returns the provider's failure in err; a zero one for none.
func failureIn(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{}
}

// isRefusal reports whether the provider refused the request, other than for its rate.
func (e *Error) isRefusal() bool {
	return e.Status >= 400 && e.Status < 500 && e.Status != http.StatusTooManyRequests
}

// oauthError removes the provider's own text from x/oauth2's errors.
func oauthError(err error) error {
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok { // an error with status 200; all others are already an *Error
		return &Error{Status: http.StatusBadGateway, Code: bounded(refused.ErrorCode), sent: true}
	}
	return err
}

// bounded limits what a broken proxy can add to the log.
func bounded(s string) string {
	if len(s) > 100 {
		s = s[:100]
	}
	return strings.ToValidUTF8(s, "")
}
