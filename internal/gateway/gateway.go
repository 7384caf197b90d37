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

	"usher/internal/api"
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
}

func (o Options) servesNobody() bool { return o.SAMLocal || o.AllowNobody }

// New serves events with h, which learns more of them by Authenticate and Origin.
func New(h http.Handler, opts Options) Handler {
	adapter := httpadapter.New(withHost(h))
	return func(ctx context.Context, event events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
		ctx, cancel := leaveTimeToAnswer(ctx)
		defer cancel()
		in := inbound{origin: originOf(ctx, event)}
		in.principal, in.fault = identify(event, opts)
		if fault := normalize(&event, opts.SAMLocal); in.fault == nil {
			in.fault = fault
		}
		return adapter.ProxyWithContext(context.WithValue(ctx, eventKey{}, in), event)
	}
}

type eventKey struct{}

// inbound is what an event says beside its request.
type inbound struct {
	origin    httpapi.Origin
	principal api.Principal
	fault     error // the refusal; nil for an event that is served
}

// Authenticate is for api.Server: it refuses events without an authenticated caller,
// since the gateway may have been opened by mistake, and then events that are broken.
func Authenticate(r *http.Request) (api.Principal, error) {
	in := inboundOf(r)
	return in.principal, in.fault
}

// Origin is for httpapi.Serve.
func Origin(r *http.Request) httpapi.Origin { return inboundOf(r).origin }

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

func originOf(ctx context.Context, event events.APIGatewayProxyRequest) httpapi.Origin {
	xray, _ := ctx.Value("x-amzn-trace-id").(string) // the key is aws-lambda-go's
	return httpapi.Origin{
		RequestID: event.RequestContext.RequestID,
		Path:      cmp.Or(event.RequestContext.Path, event.Path), // with the stage
		XRay:      xray,
	}
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
