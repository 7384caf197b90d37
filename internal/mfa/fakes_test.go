package mfa_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"

	"usher/internal/api"
	"usher/internal/api/apitest"
	"usher/internal/limits"
	"usher/internal/mfa"
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

func (o operation) sent(s api.Server, p *provider, user string) apitest.Sent {
	w := o.do(s, p, user)
	return apitest.Sent{Response: w, Asked: p.asked, Want: []string{o.call + user}}
}
