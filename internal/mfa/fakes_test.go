package mfa_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/mfa"
	"usher/internal/problem"
)

// provider notes its calls, and returns what the test gives it.
type provider struct {
	methods    []mfa.Method
	ticket     mfa.Ticket
	reset      mfa.ResetResult
	code       string
	err        error
	asked      []string
	enrollment mfa.Enrollment // of the last call
}

func (p *provider) note(call string, user limits.UserID) error {
	p.asked = append(p.asked, call+" "+user.String())
	return p.err
}

func (p *provider) Methods(_ context.Context, user limits.UserID) ([]mfa.Method, error) {
	return p.methods, p.note("methods", user)
}

func (p *provider) Enroll(_ context.Context, user limits.UserID, e mfa.Enrollment) (mfa.Ticket, error) {
	p.enrollment = e
	return p.ticket, p.note("enroll", user)
}

func (p *provider) Remove(_ context.Context, user limits.UserID, method string) error {
	return p.note("remove "+method+" of", user)
}

func (p *provider) Reset(_ context.Context, user limits.UserID) (mfa.ResetResult, error) {
	return p.reset, p.note("reset", user)
}

func (p *provider) NewRecoveryCode(_ context.Context, user limits.UserID) (string, error) {
	return p.code, p.note("recovery code", user)
}

// operation is an operation, a request to it, and its call to the provider.
type operation struct {
	of             func(*provider) api.Operation
	method, target string // with {user} for the user's id
	body, call     string
}

var operations = map[string]operation{
	"get":           {func(p *provider) api.Operation { return mfa.Get(p) }, "GET", "/mfa/{user}", "", "methods "},
	"enroll":        {func(p *provider) api.Operation { return mfa.Enroll(p) }, "POST", "/mfa/{user}/enrollments", "{}", "enroll "},
	"remove":        {func(p *provider) api.Operation { return mfa.DeleteMethod(p) }, "DELETE", "/mfa/{user}/methods/totp%7C1", "", "remove totp|1 of "},
	"reset":         {func(p *provider) api.Operation { return mfa.Reset(p) }, "DELETE", "/mfa/{user}", "", "reset "},
	"recovery code": {func(p *provider) api.Operation { return mfa.CreateRecoveryCode(p) }, "POST", "/mfa/{user}/recovery-code", "", "recovery code "},
}

// do sends the request for a user, whose id is percent-encoded, to a server of this
// operation only.
func (o operation) do(s api.Server, p *provider, user string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(o.method, strings.ReplaceAll(o.target, "{user}", user), strings.NewReader(o.body))
	if o.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return o.send(s, p, r)
}

func (o operation) send(s api.Server, p *provider, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.Handler(o.of(p)).ServeHTTP(w, r)
	return w
}

var unlimited = api.Server{Authenticate: api.Anonymous}

// connections are the users' connections, by user id.
type connections map[string]string

func (c connections) ConnectionOf(_ context.Context, userID string) (string, error) {
	if connection, ok := c[userID]; ok {
		return connection, nil
	}
	return "", problem.UserNotFound.New("No.")
}

// limited is a server for the front-end "shop", which is limited to Customers.
func limited(t *testing.T) api.Server {
	t.Helper()
	policy, err := limits.Parse(`{"unlisted":"refuse","front_ends":[{"name":"shop","client_id":"c","connections":["Customers"]}]}`, limits.Deployment{})
	if err != nil {
		t.Fatal(err)
	}
	return api.Server{Authenticate: as(api.Principal{Caller: httpapi.Caller{ID: "c"}}), Limits: policy, Directory: connections{"ours": "Customers", "theirs": "Employees"}}
}

// withToken is a server for a caller whose token has these scopes.
func withToken(scopes ...string) api.Server {
	return api.Server{Authenticate: as(api.Principal{ByToken: true, Scopes: scopes})}
}

func as(p api.Principal) func(*http.Request) (api.Principal, error) {
	return func(*http.Request) (api.Principal, error) { return p, nil }
}

// response is the response in short: the status, and the body or what identifies a
// problem. It checks the headers.
func response(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	parts, header := []string{strconv.Itoa(w.Code)}, http.Header{}
	if w.Code != http.StatusNoContent {
		header.Set("Content-Type", "application/json")
	}
	if w.Code < http.StatusBadRequest {
		parts = append(parts, strings.TrimSuffix(w.Body.String(), "\n"))
	} else {
		doc := document(t, w)
		parts = append(parts, doc.Code, doc.Rule)
		for _, field := range doc.Errors {
			parts = append(parts, field.Field)
		}
		header.Set("Content-Type", problem.ContentType)
	}
	if diff := cmp.Diff(header, w.Header()); diff != "" {
		t.Errorf("headers: %s", diff)
	}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), " ")
}

func document(t *testing.T, w *httptest.ResponseRecorder) (doc problem.Document) {
	t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || doc.Status != w.Code {
		t.Fatalf("status %d with %s", w.Code, w.Body)
	}
	return doc
}
