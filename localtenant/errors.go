package localtenant

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// A responder is an error that knows how it looks on the wire. Handlers return
// these; any other error is a bug and answered with a 500.
type responder interface {
	error
	respond(w http.ResponseWriter)
}

// apiError is an error of the Management API.
type apiError struct {
	Status     int               `json:"statusCode"`
	Title      string            `json:"error"`
	Message    string            `json:"message"`
	Code       string            `json:"errorCode,omitempty"`
	Attributes map[string]string `json:"attributes,omitempty"`
}

func (e *apiError) Error() string                 { return e.Message }
func (e *apiError) respond(w http.ResponseWriter) { _ = writeJSON(w, e.Status, e) }

func newAPIError(status int, code, format string, args ...any) *apiError {
	return &apiError{Status: status, Title: http.StatusText(status), Message: fmt.Sprintf(format, args...), Code: code}
}

// badRequest is the 400 of a rule that the API's description does not hold.
func badRequest(code, format string, args ...any) *apiError {
	return newAPIError(http.StatusBadRequest, code, format, args...)
}

// unauthorized is the 401 of a missing or bad bearer token; Auth0 repeats its message.
func unauthorized(format string, args ...any) *apiError {
	e := newAPIError(http.StatusUnauthorized, "", format, args...)
	e.Attributes = map[string]string{"error": e.Message}
	return e
}

func tooLarge(most int) *apiError {
	return newAPIError(http.StatusRequestEntityTooLarge, "",
		"Payload content length greater than maximum allowed: %d", most)
}

func userNotFound() *apiError {
	return newAPIError(http.StatusNotFound, "inexistent_user", "The user does not exist.")
}

func userWithoutEmail() *apiError {
	return badRequest("invalid_body", "The user does not have an email address.")
}

// oauthError is an error of the OAuth endpoints.
type oauthError struct {
	Status      int    `json:"-"`
	Code        string `json:"error"`
	Description string `json:"error_description"`
}

func (e *oauthError) Error() string                 { return e.Code + ": " + e.Description }
func (e *oauthError) respond(w http.ResponseWriter) { _ = writeJSON(w, e.Status, e) }

func newOAuthError(status int, code, format string, args ...any) *oauthError {
	return &oauthError{Status: status, Code: code, Description: fmt.Sprintf(format, args...)}
}

// invalidRequest is the OAuth error of a request that lacks something, or cannot be read.
func invalidRequest(format string, args ...any) *oauthError {
	return newOAuthError(http.StatusBadRequest, "invalid_request", format, args...)
}

// refused is the OAuth error of a request that is not granted.
func refused(code, format string, args ...any) *oauthError {
	return newOAuthError(http.StatusForbidden, code, format, args...)
}

// writeJSON answers with v. A value that cannot be encoded is a bug in a handler.
func writeJSON(w http.ResponseWriter, status int, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode a response: %w", err)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, err = w.Write(b)
	return err
}

func noContent(w http.ResponseWriter) error {
	w.WriteHeader(http.StatusNoContent)
	return nil
}
