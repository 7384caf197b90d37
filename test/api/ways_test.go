package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"

	"usher/internal/boot"
	"usher/internal/gateway"
	"usher/internal/httpapi"
	"usher/internal/metrics"
	"usher/operations"
)

// way is how requests reach the operations; see eachWay and asDeployed.
type way struct {
	name    string
	gateway bool // API Gateway stands before it, and answers unknown routes itself
	stage   string
	start   func(t *testing.T, service *boot.Service, log *slog.Logger) http.RoundTripper
}

var ways = []way{
	{name: "http", start: overHTTP},
	gatewayWay("gateway", gateway.Options{}),
	{name: "samlocal", gateway: true, start: func(t *testing.T, service *boot.Service, log *slog.Logger) http.RoundTripper {
		return newFunctions(t, service, log, gateway.Options{SAMLocal: true})
	}},
}

// deployed is the way by which requests come on AWS.
var deployed = ways[1]

// everyWay lists the ways that the suite runs. It is the deployed one only with -short, and
// before a rough or an odd tenant: that is behind the operations, and meets each way alike.
func everyWay() []way {
	if *rough || *quirks || testing.Short() {
		return []way{deployed}
	}
	return ways
}

func overHTTP(t *testing.T, service *boot.Service, log *slog.Logger) http.RoundTripper {
	server := httptest.NewServer(inTime(operations.Handler(service, log)))
	t.Cleanup(server.Close)
	return rewriteTo(strings.TrimPrefix(server.URL, "http://"), server.Client().Transport)
}

// rewriteTo sends every request to one address, whatever host it names. The transport is not the default
// one: a test server that closes closes all idle connections of that, other tests' too.
func rewriteTo(addr string, transport http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		out := r.Clone(context.WithoutCancel(r.Context())) // or a deadline's end would keep the answer away
		if deadline, ok := r.Context().Deadline(); ok {
			out.Header.Set(deadlineHeader, deadline.Format(time.RFC3339Nano))
		}
		out.Host = r.URL.Host
		out.URL.Host = addr
		return transport.RoundTrip(out)
	})
}

// deadlineHeader is how the deadline of a request's context comes to the server, as that
// of an invocation comes to a function.
const deadlineHeader = "Test-Deadline"

func inTime(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if deadline, err := time.Parse(time.RFC3339Nano, r.Header.Get(deadlineHeader)); err == nil {
			ctx, cancel := context.WithDeadline(r.Context(), deadline)
			defer cancel()
			r = r.WithContext(ctx)
			r.Header.Del(deadlineHeader)
		}
		h.ServeHTTP(w, r)
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// functions are the separate Lambda functions, and what API Gateway does before
// them: it finds the function and makes the event.
type functions struct {
	routes   *http.ServeMux
	samLocal bool
	template []byte
}

func newFunctions(t *testing.T, service *boot.Service, log *slog.Logger, from gateway.Options) *functions {
	from.Now = service.Now()

	template, err := os.ReadFile("testdata/event.json")
	if err != nil {
		t.Fatal(err)
	}
	f := &functions{routes: http.NewServeMux(), samLocal: from.SAMLocal, template: template}
	serving := httpapi.ServeOptions{Log: log, Origin: gateway.Origin, Measure: metrics.New(intoLog{log}, "usher-test", time.Now).Write}
	for _, op := range operations.All(service) {
		handle := gateway.New(service.Handler(serving, gateway.Authenticate, op), from)
		for _, route := range op.Routes {
			f.routes.Handle(route, invoke{handle, op.BodyLimit()})
		}
	}
	return f
}

// intoLog writes metrics where the tests look for what must not be in them.
type intoLog struct{ log *slog.Logger }

func (l intoLog) Write(p []byte) (int, error) {
	l.log.Info("metrics", "line", string(p))
	return len(p), nil
}

// invoke is a function as a route's target: what it does with an event.
type invoke struct {
	handle  gateway.Handler
	maxBody int
}

func (invoke) ServeHTTP(http.ResponseWriter, *http.Request) { panic("invoked by an event only") }

func (f *functions) RoundTrip(r *http.Request) (*http.Response, error) {
	handler, pattern := f.routes.Handler(asMatched(r))
	function, ok := handler.(invoke)
	if !ok {
		return nil, fmt.Errorf("the gateway has no route for %s %s", r.Method, r.URL.EscapedPath())
	}
	event, err := f.event(r, pattern)
	if err != nil {
		return nil, err
	}
	// A new handler for each event, as each container has one: what Invoke
	// answers lies in a buffer that the handler's next call writes over.
	ctx := context.WithoutCancel(r.Context())
	if deadline, ok := r.Context().Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline)
		defer cancel()
	}
	answer, err := function.handle.Lambda(function.maxBody).Invoke(ctx, event)
	if err != nil {
		return nil, err
	}
	return responseFrom(r, answer)
}

// asMatched is the request by which the gateway finds the resource: slashes ahead of the path, and one
// behind it, do not count there, but stand in the event (as recorded; see internal/gateway).
func asMatched(r *http.Request) *http.Request {
	escaped := "/" + strings.TrimSuffix(strings.TrimLeft(r.URL.EscapedPath(), "/"), "/")
	matched := r.Clone(r.Context())
	matched.URL = &url.URL{Path: must(url.PathUnescape(escaped)), RawPath: escaped}
	return matched
}

// event is the request as a REST API sends it to a function, or as `sam local`
// does.
func (f *functions) event(r *http.Request, pattern string) ([]byte, error) {
	var e events.APIGatewayProxyRequest
	if err := json.Unmarshal(f.template, &e); err != nil {
		return nil, err
	}
	_, e.Resource, _ = strings.Cut(pattern, " ")
	e.HTTPMethod = r.Method
	e.Path = r.URL.EscapedPath()
	e.RequestContext.Path = "/prod" + e.Path
	e.RequestContext.RequestID = "gateway-request-id"
	if f.samLocal {
		e.Path = r.URL.Path
		e.RequestContext.Path = r.URL.EscapedPath()
		e.RequestContext.Identity = events.APIGatewayRequestIdentity{SourceIP: "127.0.0.1"}
	}
	authenticate(&e, r)
	e.PathParameters = nil // the path says it all
	e.MultiValueHeaders = map[string][]string{"Host": {r.URL.Host}}
	e.Headers = nil
	for name, values := range r.Header {
		e.MultiValueHeaders[name] = values
	}
	if q := r.URL.Query(); len(q) > 0 {
		e.MultiValueQueryStringParameters = q
	}
	if err := setBody(&e, r); err != nil {
		return nil, err
	}
	return json.Marshal(e)
}

func setBody(e *events.APIGatewayProxyRequest, r *http.Request) error {
	if r.Body == nil {
		return nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	e.Body = string(body)
	if !utf8.Valid(body) || strings.Contains(e.Body, "é") { // any body may come either way
		e.Body, e.IsBase64Encoded = base64.StdEncoding.EncodeToString(body), true
	}
	return nil
}

func responseFrom(r *http.Request, answer []byte) (*http.Response, error) {
	var a events.APIGatewayProxyResponse
	if err := json.Unmarshal(answer, &a); err != nil {
		return nil, err
	}
	body := []byte(a.Body)
	if a.IsBase64Encoded {
		var err error
		if body, err = base64.StdEncoding.DecodeString(a.Body); err != nil {
			return nil, err
		}
	}
	header := http.Header{}
	for name, values := range a.MultiValueHeaders {
		for _, value := range values {
			header.Add(name, value)
		}
	}
	return &http.Response{
		Status: http.StatusText(a.StatusCode), StatusCode: a.StatusCode, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}, nil
}
