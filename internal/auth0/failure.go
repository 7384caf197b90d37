package auth0

import (
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

// Error is a call to the provider that failed: it answered with another status
// than 2xx, or not at all. Its text is for the log; it never holds the
// provider's own words, which may quote what a user typed.
type Error struct {
	Status     int           // HTTP status; 0 where there was no answer
	Code       string        // the provider's "errorCode" or "error"
	RequestID  string        // the provider's
	RetryAfter time.Duration // how long the provider wants to be left alone; 0 = not said
	left       int           // see Call.Left
	message    string        // the provider's own words: to be looked at, never shown
	sent       bool          // the provider may have seen the request
	cause      error
}

// Error describes the failure for the log.
func (e *Error) Error() string {
	if e.Status == 0 {
		return fmt.Sprintf("no answer from the provider: %v", e.cause)
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

// Unwrap returns what kept the answer away.
func (e *Error) Unwrap() error { return e.cause }

// timedOut reports whether there was no answer in time.
func (e *Error) timedOut() bool {
	var netErr net.Error
	return errors.Is(e.cause, context.DeadlineExceeded) || errors.As(e.cause, &netErr) && netErr.Timeout()
}

// errIncomplete says that an answer lacks what it always has.
var errIncomplete = errors.New("the provider's answer lacks what was asked for")

func noAnswer(cause error, sent bool) *Error { return &Error{cause: cause, sent: sent, left: -1} }

// statusError reads the two forms in which the provider tells errors: the
// Management API's and OAuth 2.0's (RFC 6749, section 5.2). A body that is
// neither, such as a proxy's HTML, leaves the status alone.
func statusError(resp *http.Response, body []byte, now time.Time) *Error {
	var told struct {
		Message          string `json:"message"`
		ErrorCode        string `json:"errorCode"`
		Error            string `json:"error"`
		ErrorDescription string `json:"error_description"`
	}
	_ = json.Unmarshal(body, &told)
	e := &Error{
		Status:     resp.StatusCode,
		Code:       bounded(firstOf(told.ErrorCode, told.Error)),
		RequestID:  bounded(firstOf(resp.Header.Get("X-Auth0-RequestId"), resp.Header.Get("X-Correlation-Id"), resp.Header.Get("CF-Ray"))),
		RetryAfter: retryAfter(resp.StatusCode, resp.Header, now),
		left:       limitLeft(resp.Header),
		message:    firstOf(told.Message, told.ErrorDescription),
		sent:       true,
	}
	return e
}

// oauthError takes the provider's own words out of x/oauth2's errors.
func oauthError(err error) error {
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) { // an error under status 200; all others are an *Error already
		return &Error{Status: http.StatusBadGateway, Code: bounded(refused.ErrorCode), sent: true}
	}
	return err
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// bounded keeps what a broken proxy may send from filling the log.
func bounded(s string) string {
	if len(s) > 100 {
		s = s[:100]
	}
	return strings.ToValidUTF8(s, "")
}
