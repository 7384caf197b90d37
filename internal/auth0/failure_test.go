package auth0

import (
	"context"
	"errors"
	"fmt"

	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"

	"usher/internal/problem"
)

const theirWords = "PROVIDERS-OWN-WORDS about somebody@example.com"

func TestStatusError(t *testing.T) {
	long := strings.Repeat("x", 99) + "é"
	tests := map[string]struct {
		body   string
		header http.Header
		want   string
	}{
		"the Management API's": {`{"statusCode":400,"error":"Bad Request","message":"` + theirWords + `","errorCode":"invalid_body"}`,
			http.Header{"X-Auth0-Requestid": {"abc"}}, `the provider answered 400 "invalid_body" (its request "abc")`},
		"without a code": {`{"error":"Bad Request","message":"` + theirWords + `"}`, nil, `the provider answered 400 "Bad Request"`},
		"OAuth's":        {`{"error":"invalid_grant","error_description":"` + theirWords + `"}`, http.Header{"X-Correlation-Id": {"def"}}, `the provider answered 400 "invalid_grant" (its request "def")`},
		"HTML":           {"<p>" + theirWords, http.Header{"Cf-Ray": {"ghi"}}, `the provider answered 400 (its request "ghi")`},
		"empty":          {"", nil, "the provider answered 400"},
		"other JSON":     {`["` + theirWords + `"]`, nil, "the provider answered 400"},
		"a line break":   {`{"error":"a\nb"}`, http.Header{"X-Auth0-Requestid": {"a\nb"}}, `the provider answered 400 "a\nb" (its request "a\nb")`},
		"too long":       {`{"error":"` + long + `"}`, http.Header{"X-Auth0-Requestid": {long}}, `the provider answered 400 "` + long[:99] + `" (its request "` + long[:99] + `")`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if tt.header == nil {
				tt.header = http.Header{}
			}
			e := statusError(&http.Response{StatusCode: 400, Header: tt.header}, []byte(tt.body), time.Now())
			if e.Error() != tt.want {
				t.Errorf("%s, want %s", e, tt.want)
			}
			for _, text := range []string{e.Error(), fmt.Sprintf("%v", e), problem.From(providerProblem(e)).Error(), problem.From(userProblem(e)).Detail} {
				if strings.Contains(text, "PROVIDERS") {
					t.Errorf("%q contains the provider's text", text)
				}
			}
		})
	}
}

type timeout struct{}

func (timeout) Timeout() bool   { return true }
func (timeout) Temporary() bool { return true }
func (timeout) Error() string   { return "i/o timeout" }

func TestProviderProblem(t *testing.T) {
	answered := func(status int) error { return fmt.Errorf("call: %w", &Error{Status: status, message: theirWords}) }
	tests := map[string]struct {
		err  error
		kind problem.Kind
	}{
		"400":               {answered(400), problem.InvalidRequest},
		"401":               {answered(401), problem.ServiceMisconfigured},
		"403":               {answered(403), problem.ServiceMisconfigured},
		"404":               {answered(404), problem.ProviderFailed},
		"409":               {answered(409), problem.ProviderFailed},
		"413":               {answered(413), problem.BodyTooLarge},
		"429":               {answered(429), problem.TooManyRequests},
		"500":               {answered(500), problem.ProviderFailed},
		"502":               {answered(502), problem.ProviderFailed},
		"503":               {answered(503), problem.ProviderUnavailable},
		"504":               {answered(504), problem.ProviderTimeout},
		"refused":           {noAnswer(errRefused, false), problem.ProviderUnavailable},
		"too late":          {noAnswer(context.DeadlineExceeded, true), problem.ProviderTimeout},
		"too late, network": {noAnswer(timeout{}, false), problem.ProviderTimeout},
		"our own deadline":  {context.DeadlineExceeded, problem.ProviderTimeout},
		"our own cancel":    {context.Canceled, problem.ProviderTimeout},
		"unreadable":        {errors.New("unexpected end of JSON input"), problem.ProviderFailed},
		"a problem":         {problem.UserNotFound.New("x"), problem.UserNotFound},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := providerProblem(tt.err)
			if !problem.Is(got, tt.kind) {
				t.Fatalf("%v, want %s", got, tt.kind.Code)
			}
			if strings.Contains(got.Error(), "PROVIDERS") {
				t.Errorf("%q contains the provider's text", got)
			}
		})
	}
	if err := providerProblem(nil); err != nil {
		t.Errorf("nil became %v", err)
	}
}

func TestInputProblem(t *testing.T) {
	tests := map[string]struct {
		message string
		kind    problem.Kind
		fields  []string
	}{
		"strength":      {"PasswordStrengthError: Password is too weak", problem.PasswordTooWeak, []string{"password"}},
		"history":       {"PasswordHistoryError: Password has previously been used", problem.PasswordTooWeak, []string{"password"}},
		"dictionary":    {"PasswordDictionaryError: Password is too common", problem.PasswordTooWeak, []string{"password"}},
		"user info":     {"PasswordNoUserInfoError: Password contains user information", problem.PasswordTooWeak, []string{"password"}},
		"taken":         {"The specified new email already exists", problem.UserExists, nil},
		"name taken":    {"The username provided is in use already.", problem.UserExists, nil},
		"sandbox":       {"Sandbox Error: Please implement the Create script for this database connection at https://manage.auth0.com/#/connections/database", problem.ProviderFailed, nil},
		"no script":     {"change_email script does not exist", problem.ProviderFailed, nil},
		"connection":    {"The connection does not exist.", problem.InvalidRequest, []string{"connection"}},
		"Connection":    {"Connection does not exist", problem.InvalidRequest, []string{"connection"}},
		"not updatable": {"The following user attributes cannot be updated: family_name, name. The connection (google-oauth2) must either be a database", problem.InvalidRequest, []string{"family_name", "name"}},
		"on property":   {"Payload validation error: 'Object didn't pass validation for format email: x' on property email (The user's email).", problem.InvalidRequest, []string{"email"}},
		"another name":  {"Payload validation error: 'x' on property user_metadata", problem.InvalidRequest, []string{"metadata"}},
		"missing":       {"Payload validation error: 'Missing required property: connection'.", problem.InvalidRequest, []string{"connection"}},
		"another text":  {theirWords, problem.InvalidRequest, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			e := &Error{Status: 400, message: tt.message}
			got := problem.From(inputProblem(e, e))
			var fields []string
			for _, field := range got.Fields {
				fields = append(fields, field.Field)
			}
			if diff := cmp.Diff(tt.fields, fields); diff != "" || got.Kind.Code != tt.kind.Code {
				t.Errorf("%v%s", got, diff)
			}
			if strings.Contains(got.Detail+fmt.Sprint(got.Fields), tt.message) || strings.Contains(got.Error(), "PROVIDERS") {
				t.Errorf("%v contains the provider's text", got)
			}
		})
	}
}

// "auth0_idp_error" is the provider's own failure, unless its message is about the input.
func TestFailuresOfTheProvidersOwnStore(t *testing.T) {
	for message, kind := range map[string]problem.Kind{
		"":                                       problem.ProviderFailed,
		theirWords:                               problem.ProviderFailed,
		"Error: connect ETIMEDOUT":               problem.ProviderFailed,
		"invalid value on property email":        problem.ProviderFailed,
		"The user already exists.":               problem.UserExists,
		"The specified new email already exists": problem.UserExists,
		"PasswordStrengthError: Password is too weak": problem.PasswordTooWeak,
		"The connection does not exist.":              problem.InvalidRequest,
	} {
		got := providerProblem(&Error{Status: 400, Code: "auth0_idp_error", message: message})
		if !problem.Is(got, kind) || strings.Contains(problem.From(got).Detail, "PROVIDERS") {
			t.Errorf("%q: %v, want %s", message, got, kind.Code)
		}
	}
	for _, translate := range []func(error) error{userProblem, conflictProblem} {
		conflict := translate(&Error{Status: 409, Code: "auth0_idp_error", message: "The user already exists."})
		wantKind(t, conflict, problem.UserExists, "")
	}
}

func TestMissingScopeIsNamedInTheLog(t *testing.T) {
	for message, want := range map[string]string{
		"Insufficient scope, expected any of: read:users, read:user_idp_tokens": "any of read:users, read:user_idp_tokens",
		theirWords: "it did not say which",
	} {
		err := providerProblem(&Error{Status: 403, message: message})
		wantKind(t, err, problem.ServiceMisconfigured, want)
		if strings.Contains(problem.From(err).Detail, "read:") || strings.Contains(err.Error(), "PROVIDERS") {
			t.Errorf("%v reveals too much", err)
		}
	}
}

func TestOAuthError(t *testing.T) {
	err := oauthError(&oauth2.RetrieveError{ErrorCode: "access_denied", ErrorDescription: theirWords, Body: []byte(theirWords)})
	if !hasStatus(err, http.StatusBadGateway) || !strings.Contains(err.Error(), "access_denied") || strings.Contains(err.Error(), "PROVIDERS") {
		t.Errorf("%v", err)
	}
	if other := errors.New("other"); oauthError(other) != other { //nolint:errorlint // the very same one
		t.Error("another error is changed")
	}
}
