package gateway

import (
	"cmp"
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/awslabs/aws-lambda-go-api-proxy/httpadapter"

	"usher/internal/httpapi"
	"usher/internal/problem"
)

// timeToAnswer is how long before the invocation's end the work must stop, so
// that the answer still gets out.
const timeToAnswer = 500 * time.Millisecond

// Handler is what lambda.Start takes.
type Handler func(context.Context, events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error)

// Options say where the events come from, and who may have sent them.
type Options struct {
	// Bearer is for a gateway whose authorizer checks bearer tokens; any other
	// one authenticates by IAM.
	Bearer bool
	// AllowNobody serves events of nobody, too.
	AllowNobody bool
	// SAMLocal is for events from `sam local`: their paths are decoded
	// already, and nobody is authenticated.
	SAMLocal bool
	// Now is the clock by which tokens end.
	Now func() time.Time
	// Wrap puts the middleware around the handler; requestID is the gateway's
	// id of a request.
	Wrap func(h http.Handler, requestID func(*http.Request) string) http.Handler
}

func (o Options) servesNobody() bool { return o.SAMLocal || o.AllowNobody }

// New serves events with h.
func New(h http.Handler, opts Options) Handler {
	adapter := httpadapter.New(withHost(opts.Wrap(guard(h), requestID)))
	return func(ctx context.Context, event events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
		ctx, cancel := leaveTimeToAnswer(ctx)
		defer cancel()
		who := identify(event, opts)
		ctx = context.WithValue(ctx, eventKey{}, inbound{event: event, identity: who, fault: normalize(&event, opts.SAMLocal)})
		ctx = httpapi.WithRequestPath(ctx, pathAsked(event))
		ctx = withIdentity(ctx, who, opts)
		if header, ok := ctx.Value("x-amzn-trace-id").(string); ok { // the key is aws-lambda-go's
			ctx = httpapi.WithXRay(ctx, header)
		}
		return adapter.ProxyWithContext(ctx, event)
	}
}

type eventKey struct{}

// inbound is what the handlers need to know of an event.
type inbound struct {
	event    events.APIGatewayProxyRequest
	identity identity
	fault    error // what is wrong with it
}

func inboundOf(r *http.Request) inbound {
	in, _ := r.Context().Value(eventKey{}).(inbound)
	return in
}

func leaveTimeToAnswer(ctx context.Context) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok {
		return context.WithDeadline(ctx, deadline.Add(-timeToAnswer))
	}
	return ctx, func() {}
}

// normalize makes the event one that the adapter cannot fail on, and returns
// what is wrong with it, for the client.
func normalize(event *events.APIGatewayProxyRequest, samLocal bool) error {
	path, fault := escapedPath(*event, samLocal)
	event.Path = path
	event.RequestContext.DomainName = "usher.invalid" // the adapter parses it; the Host header is what counts
	if event.IsBase64Encoded {
		body, err := base64.StdEncoding.DecodeString(event.Body)
		if err != nil {
			fault = problem.InvalidRequest.Wrap(err, "The body is not valid base64.")
		}
		event.Body, event.IsBase64Encoded = string(body), false
	}
	if _, err := http.NewRequestWithContext(context.Background(), strings.ToUpper(event.HTTPMethod), "/", nil); err != nil {
		event.HTTPMethod, fault = http.MethodGet, problem.Invalid("method", "is not an HTTP method")
	}
	return fault
}

func requestID(r *http.Request) string { return inboundOf(r).event.RequestContext.RequestID }

// pathAsked is the path that the client asked for: with the stage in it.
func pathAsked(event events.APIGatewayProxyRequest) string {
	return cmp.Or(event.RequestContext.Path, event.Path)
}

// withHost gives the request the Host header that the client sent; the adapter
// takes the gateway's own name for it.
func withHost(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if host := r.Header.Get("Host"); host != "" {
			r.Host = host
		}
		h.ServeHTTP(w, r)
	})
}
