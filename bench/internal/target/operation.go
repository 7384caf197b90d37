package target

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"usher/bench/internal/provider"
)

// RedirectURI is where sign-ins return to.
const RedirectURI = "https://app.example.com/callback"

// Request is a request to the service.
type Request struct {
	Method, Target, Body string
	Header               http.Header
}

// Operation is a measured operation.
type Operation struct {
	Name     string
	Function string // its folder in functions/
	Status   int    // of its response
	Request  Request
	Callback bool // the request is the end of a sign-in, which has to begin first
}

var (
	asJSON = http.Header{"Content-Type": {"application/json"}}
	asJMP  = http.Header{"Content-Type": {"application/merge-patch+json"}}
	ofUser = url.PathEscape(provider.UserID)
)

// Operations lists the measured operations.
var Operations = []Operation{
	{Name: "get", Function: "getuser", Status: 200, Request: Request{Method: "GET", Target: "/users/" + ofUser}},
	{Name: "create", Function: "createuser", Status: 201, Request: Request{Method: "POST", Target: "/users", Header: asJSON,
		Body: `{"email":"user01@example.com","password":"Str0ng-Enough","given_name":"Grace","family_name":"Hopper","metadata":{"theme":"dark"}}`}},
	{Name: "update", Function: "updateuser", Status: 200, Request: Request{Method: "PATCH", Target: "/users/" + ofUser, Header: asJMP,
		Body: `{"nickname":"amazing","family_name":null}`}},
	{Name: "delete", Function: "deleteuser", Status: 204, Request: Request{Method: "DELETE", Target: "/users/" + ofUser}},
	{Name: "list of 50", Function: "listusers", Status: 200, Request: Request{Method: "GET", Target: "/users?limit=50"}},
	{Name: "list of 100", Function: "listusers", Status: 200, Request: Request{Method: "GET", Target: "/users?limit=100"}},
	{Name: "delete by email", Function: "deleteuser", Status: 204, Request: Request{Method: "DELETE", Target: "/users?email=" + provider.Email}},
	{Name: "login", Function: "login", Status: 302, Request: loginRequest},
	{Name: "callback", Function: "callback", Status: 200, Callback: true},
	{Name: "metadata patch", Function: "updatemetadata", Status: 200, Request: Request{Method: "PATCH", Target: "/metadata/" + ofUser, Header: asJMP,
		Body: `{"theme":"light","newsletter":null}`}},
}

// LoginTarget is the path with the query that begins a sign-in.
const LoginTarget = "/login?return_to=/account"

var loginRequest = Request{Method: "GET", Target: LoginTarget}

// callbackOf returns the request that ends the sign-in of a response to loginRequest.
func callbackOf(p *provider.Provider, login Answer) (Request, error) {
	location, err := url.Parse(login.Header.Get("Location"))
	if err != nil || login.Status != http.StatusFound {
		return Request{}, fmt.Errorf("begin a sign-in: status %d: %s", login.Status, login.Body)
	}
	code, err := p.SignIn(location.Query().Get("nonce"))
	if err != nil {
		return Request{}, err
	}
	cookie, _, found := strings.Cut(login.Header.Get("Set-Cookie"), ";")
	if !found {
		return Request{}, errors.New("begin a sign-in: there is no cookie")
	}
	query := url.Values{"code": {code}, "state": {location.Query().Get("state")}}
	return Request{Method: "GET", Target: "/callback?" + query.Encode(), Header: http.Header{"Cookie": {cookie}}}, nil
}

// Prepared returns the operation's request. begin sends loginRequest to the same kind of target.
func (op Operation) Prepared(ctx context.Context, p *provider.Provider, begin func(context.Context) (Answer, error)) (Request, error) {
	if !op.Callback {
		return op.Request, nil
	}
	login, err := begin(ctx)
	if err != nil {
		return Request{}, fmt.Errorf("begin a sign-in: %w", err)
	}
	return callbackOf(p, login)
}
