package contract

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
)

const (
	aUser    = `{"id":"u|1","blocked":false,"logins_count":0,"identities":[],"metadata":{},"app_metadata":{}}`
	notFound = `{"type":"urn:usher:problem:user-not-found","title":"There is no such user.","status":404,"detail":"No.","code":"user-not-found","request_id":"r1"}`
	badLimit = `{"type":"urn:usher:problem:invalid-request","title":"The request is not valid.","status":400,"detail":"No.","code":"invalid-request","request_id":"r1","errors":[{"field":"a","detail":"b"}]}`
	noMethod = `{"type":"urn:usher:problem:method-not-allowed","title":"The path does not accept this method.","status":405,"detail":"No.","code":"method-not-allowed","request_id":"r1"}`
	consent  = `{"type":"urn:usher:problem:consent-required","title":"The user has to give consent.","status":401,"detail":"No.","code":"consent-required","request_id":"r1"}`
	unsigned = `{"type":"urn:usher:problem:not-authenticated","title":"The caller is not authenticated.","status":403,"detail":"No.","code":"not-authenticated","request_id":"r1"}`
	broken   = `{"type":"urn:usher:problem:internal","title":"Something went wrong.","status":500,"detail":"No.","code":"internal","request_id":"r1"}`
	gateways = `{"type":"urn:usher:problem:not-authenticated-or-no-such-route","title":"The caller is not authenticated, or there is no such route.","status":403,"detail":"No.","code":"not-authenticated-or-no-such-route","request_id":"r1"}`
)

const aCookie = "usher-Mzk4MGYwMTMtYmFza2V0LQ=c2VhbGVk; Path=/; Max-Age=600; HttpOnly; SameSite=Lax"

// exchange is a request and its response, right as long as nothing is changed.
type exchange struct {
	method, target, requestBody string
	requestType                 string
	status                      int
	header                      http.Header
	body                        string
}

func responseHeader(contentType string, more ...string) http.Header {
	h := http.Header{}
	h.Set("X-Request-Id", "r1")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	if contentType != "" {
		h.Set("Content-Type", contentType)
	}
	for i := 0; i < len(more); i += 2 {
		h.Add(more[i], more[i+1])
	}
	return h
}

// aUserHeader is that of an answer with one user.
func aUserHeader(more ...string) http.Header {
	return responseHeader(jsonType, append(more, "ETag", `"5rPq1gYwqk1t0HfWb3UqFA"`)...)
}

func (e exchange) request() *http.Request {
	r := httptest.NewRequest(e.method, "http://127.0.0.1"+e.target, strings.NewReader(e.requestBody))
	if e.requestBody == "" {
		r.Body, r.ContentLength = http.NoBody, 0
	}
	if e.requestType != "" {
		r.Header.Set("Content-Type", e.requestType)
	}
	return r
}

func (e exchange) response() *http.Response {
	return &http.Response{StatusCode: e.status, Header: e.header, Body: io.NopCloser(strings.NewReader(e.body))}
}

const (
	jsonType    = "application/json"
	problemType = "application/problem+json"
)

func TestCheckAccepts(t *testing.T) {
	tests := map[string]exchange{
		"a user":                      {method: "GET", target: "/users/u%7C1", status: 200, header: aUserHeader(), body: aUser},
		"an id with a slash":          {method: "GET", target: "/users/samlp%7Cx%7Ca%2Fb@c", status: 200, header: aUserHeader(), body: aUser},
		"an odd id":                   {method: "GET", target: "/users/%25%20%C3%A9%3F%23", status: 200, header: aUserHeader(), body: aUser},
		"no such user":                {method: "GET", target: "/users/u", status: 404, header: responseHeader(problemType), body: notFound},
		"a list":                      {method: "GET", target: "/users?limit=100&email=a%40b.example&email_verified=true&sort=-email", status: 200, header: responseHeader(jsonType), body: `{"users":[` + aUser + `]}`},
		"a bad request":               {method: "GET", target: "/users?limit=1000&x=1", status: 400, header: responseHeader(problemType), body: badLimit},
		"deleted":                     {method: "DELETE", target: "/users/u", status: 204, header: responseHeader("")},
		"deleted by body":             {method: "DELETE", target: "/users", requestBody: `{"email":"a@b.example"}`, requestType: jsonType, status: 204, header: responseHeader("")},
		"created":                     {method: "POST", target: "/users", requestBody: `{"email":"a@b.example"}`, requestType: jsonType, status: 201, header: aUserHeader("Location", "/users/u%7C1"), body: aUser},
		"an address in Cyrillic":      {method: "POST", target: "/users", requestBody: `{"email":"дарья@пример.рф"}`, requestType: jsonType, status: 201, header: aUserHeader("Location", "/users/u%7C1"), body: aUser},
		"a patch":                     {method: "PATCH", target: "/users/u", requestBody: `{"email":null,"name":"N"}`, requestType: "application/merge-patch+json", status: 200, header: aUserHeader(), body: aUser},
		"an unknown method":           {method: "PUT", target: "/users", status: 405, header: responseHeader(problemType, "Allow", "GET, POST"), body: noMethod},
		"callback, any query":         {method: "GET", target: "/callback?state=s&iss=x", status: 400, header: responseHeader(problemType), body: badLimit},
		"callback, another parameter": {method: "GET", target: "/callback?state=s&session_state=x", status: 401, header: responseHeader(problemType), body: consent},
		"a bad request, not signed":   {method: "GET", target: "/users?x=1", status: 403, header: responseHeader(problemType), body: unsigned},
		"a failure without a route":   {method: "PUT", target: "/users?x=1", status: 500, header: responseHeader(problemType), body: broken},
		"several cookies": {method: "GET", target: "/login", status: 302, body: `{"location":"https://p.example/"}`,
			header: responseHeader(jsonType, "Location", "https://p.example/", "Set-Cookie", aCookie, "Set-Cookie", aCookie)},
		"transport's own headers": {method: "GET", target: "/users/u", status: 200, header: aUserHeader("Date", "x", "X-Amzn-RequestId", "y"), body: aUser},
	}
	for name, e := range tests {
		t.Run(name, func(t *testing.T) {
			if err := Load(t).Check(e.request(), e.response()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCheckCatches(t *testing.T) {
	get := func(change func(*exchange)) exchange {
		e := exchange{method: "GET", target: "/users/u", status: 200, header: aUserHeader(), body: aUser}
		change(&e)
		return e
	}
	refusal := func(change func(*exchange)) exchange {
		e := exchange{method: "GET", target: "/users/u", status: 404, header: responseHeader(problemType), body: notFound}
		change(&e)
		return e
	}
	post := func(change func(*exchange)) exchange {
		e := exchange{method: "POST", target: "/users", requestBody: `{"email":"a@b.example"}`, requestType: jsonType,
			status: 201, header: aUserHeader("Location", "/users/u"), body: aUser}
		change(&e)
		return e
	}
	tests := map[string]struct {
		exchange exchange
		want     string // a part of the error
	}{
		"an undeclared status":     {get(func(e *exchange) { e.status = 202 }), "202"},
		"an undeclared code":       {refusal(func(e *exchange) { e.body = strings.ReplaceAll(notFound, "user-not-found", "user-gone") }), "code"},
		"another operation's code": {refusal(func(e *exchange) { e.body = strings.ReplaceAll(notFound, "user-not-found", "no-such-route") }), "must be"},
		"the gateway's code":       {refusal(func(e *exchange) { e.status, e.body = 403, gateways }), "the gateway's"},
		"a missing member":         {get(func(e *exchange) { e.body = strings.Replace(aUser, `"blocked":false,`, ``, 1) }), "blocked"},
		"an extra member":          {get(func(e *exchange) { e.body = strings.Replace(aUser, `{`, `{"secret":1,`, 1) }), "secret"},
		"an extra nested member": {get(func(e *exchange) {
			e.body = strings.Replace(aUser, `"identities":[]`, `"identities":[{"secret":1}]`, 1)
		}), "secret"},
		"a null for an object":    {get(func(e *exchange) { e.body = strings.Replace(aUser, `"metadata":{}`, `"metadata":null`, 1) }), "metadata"},
		"a wrong time":            {get(func(e *exchange) { e.body = strings.Replace(aUser, `{`, `{"created_at":"today",`, 1) }), "created_at"},
		"an extra problem member": {refusal(func(e *exchange) { e.body = strings.Replace(notFound, `{`, `{"cause":"x",`, 1) }), "cause"},
		"a missing header":        {get(func(e *exchange) { e.header.Del("X-Request-Id") }), "X-Request-Id"},
		"a wrong header":          {get(func(e *exchange) { e.header.Set("Cache-Control", "max-age=60") }), "cache-control"},
		"an undeclared header":    {get(func(e *exchange) { e.header.Set("Set-Cookie", "a=b") }), "Set-Cookie is not declared"},
		"a header twice":          {get(func(e *exchange) { e.header.Add("X-Request-Id", "r2") }), "came 2 times"},
		"a cookie for all to read": {exchange{method: "GET", target: "/login", status: 302, body: `{"location":"https://p.example/"}`,
			header: responseHeader(jsonType, "Location", "https://p.example/", "Set-Cookie", strings.Replace(aCookie, "HttpOnly; ", "", 1))}, "set-cookie"},
		"no Location":                {post(func(e *exchange) { e.header.Del("Location") }), "Location"},
		"no Allow":                   {exchange{method: "PUT", target: "/users", status: 405, header: responseHeader(problemType), body: noMethod}, "Allow"},
		"another media type":         {get(func(e *exchange) { e.header.Set("Content-Type", "text/html") }), "text/html"},
		"a plain error":              {refusal(func(e *exchange) { e.header.Set("Content-Type", jsonType) }), "without a problem document"},
		"no body":                    {get(func(e *exchange) { e.body = "" }), "body"},
		"broken JSON":                {get(func(e *exchange) { e.body = `{"id":` }), "decoded"},
		"a body with 204":            {exchange{method: "DELETE", target: "/users/u", status: 204, header: responseHeader(""), body: "x"}, "has no body"},
		"a type with 204":            {exchange{method: "DELETE", target: "/users/u", status: 204, header: responseHeader(jsonType)}, "has no body"},
		"another status inside":      {refusal(func(e *exchange) { e.body = strings.Replace(notFound, "404", "409", 1) }), "status is 409"},
		"another type inside":        {refusal(func(e *exchange) { e.body = strings.Replace(notFound, "problem:user-not-found", "problem:gone", 1) }), "type is"},
		"another title inside":       {refusal(func(e *exchange) { e.body = strings.Replace(notFound, "There is", "There was", 1) }), "title is"},
		"another request id inside":  {refusal(func(e *exchange) { e.header.Set("X-Request-Id", "r2") }), "request_id is"},
		"success without a route":    {get(func(e *exchange) { e.target = "/nothing" }), "Unrouted"},
		"an undeclared parameter":    {get(func(e *exchange) { e.target = "/users/u?debug=1" }), "debug is not declared"},
		"a bad parameter":            {exchange{method: "GET", target: "/users?limit=101", status: 200, header: responseHeader(jsonType), body: `{"users":[]}`}, "limit"},
		"a bad request body":         {post(func(e *exchange) { e.requestBody = `{"email":"a@b.example","admin":true}` }), "admin"},
		"no address":                 {post(func(e *exchange) { e.requestBody = `{"email":"ada"}` }), "email"},
		"a bad request media type":   {post(func(e *exchange) { e.requestType = "text/plain" }), "text/plain"},
		"a bad request, served late": {exchange{method: "GET", target: "/users/u?x=1", status: 404, header: responseHeader(problemType), body: notFound}, "x is not declared"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := Load(t).Check(tt.exchange.request(), tt.exchange.response())
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want it to say %q", err, tt.want)
			}
		})
	}
}

func TestCheckNeedsTheBodies(t *testing.T) {
	cut := io.NopCloser(iotest.ErrReader(errors.New("connection reset")))
	e := exchange{method: "POST", target: "/users", requestBody: `{"username":"x"}`, requestType: jsonType,
		status: 201, header: aUserHeader("Location", "/users/u"), body: aUser}
	tests := map[string]func(*Contract) error{
		"the response's": func(c *Contract) error {
			response := e.response()
			response.Body = cut
			return c.Check(e.request(), response)
		},
		"the request's": func(c *Contract) error {
			request := e.request()
			request.Body = cut
			return c.Check(request, e.response())
		},
		"the gateway's": func(c *Contract) error { return c.CheckGateway(&http.Response{StatusCode: 403, Body: cut}) },
	}
	for name, check := range tests {
		t.Run(name, func(t *testing.T) {
			if err := check(Load(t)); err == nil || !strings.Contains(err.Error(), "connection reset") || !strings.Contains(err.Error(), "read the re") {
				t.Errorf("got %v", err)
			}
		})
	}
}
