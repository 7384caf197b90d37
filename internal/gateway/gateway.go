package gateway

import (
	"cmp"
	"context"
	"encoding/base64"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/awslabs/aws-lambda-go-api-proxy/httpadapter"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/problem"
)

// timeToAnswer is the time before the invocation's end that is reserved for sending the response.
const timeToAnswer = 500 * time.Millisecond

// Handler is a handler for lambda.Start.
type Handler func(context.Context, events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error)

// Options describes the gateway that sends the events.
type Options struct {
	// Bearer is true if the gateway's authorizer checks bearer tokens. Otherwise the gateway uses IAM.
	Bearer bool
	// AllowNobody also serves events without an authenticated caller.
	AllowNobody bool
	// SAMLocal is true for events from `sam local`: their paths are decoded, and it authenticates no caller.
	SAMLocal bool
	// Now is the clock for the expiry of tokens.
	Now func() time.Time
}

func (o Options) admitsUnauthenticated() bool { return o.SAMLocal || o.AllowNobody }

// New serves events with h. Authenticate and Origin return more about the event of a request.
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

// inbound holds what an event contains besides its request.
type inbound struct {
	origin    httpapi.Origin
	principal api.Principal
	fault     error // nil for an event that is served
}

// Authenticate is for api.Server. It refuses events without an authenticated caller, since
// the gateway may be open by mistake, and then malformed events.
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

// normalize changes the event into one that the adapter can process. It returns the fault
// of the original event as a problem; nil for none.
func normalize(event *events.APIGatewayProxyRequest, samLocal bool) error {
	path, fault := escapedPath(*event, samLocal)
	event.Path = path
	event.RequestContext.DomainName = "usher.invalid" // the adapter parses it; the service uses the Host header
	event.Body = bounded(*event)
	if event.IsBase64Encoded {
		body, err := base64.StdEncoding.DecodeString(event.Body)
		if err != nil {
			fault = problem.InvalidRequest.Wrap(err, "The body is not valid base64.")
		}
		event.Body, event.IsBase64Encoded = string(body), false
	}
	if !isMethod(event.HTTPMethod) {
		event.HTTPMethod, fault = http.MethodGet, problem.Invalid("method", "is not an HTTP method")
	}
	return fault
}

// isMethod reports whether the adapter can make a request with this method. All methods of the API
// are in the list; another one is left to net/http.
func isMethod(name string) bool {
	switch name {
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return true
	}
	_, err := http.NewRequestWithContext(context.Background(), strings.ToUpper(name), "/", nil)
	return err == nil
}

// bounded cuts a body that is too large just after the limit, so that the adapter does not copy it.
// The service refuses what is left, too.
func bounded(event events.APIGatewayProxyRequest) string {
	most := httpapi.MaxBody + 1
	if hasRecords(event) {
		most = httpapi.MaxRecordsBody + 1
	}
	if event.IsBase64Encoded {
		most = base64.StdEncoding.EncodedLen(most) // whole groups
	}
	return event.Body[:min(len(event.Body), most)]
}

// hasRecords reports whether the event's body can be the input of a job. A client can send several types.
func hasRecords(event events.APIGatewayProxyRequest) bool {
	var types []string
	for name, value := range event.Headers {
		if strings.EqualFold(name, "Content-Type") {
			types = append(types, value)
		}
	}
	for name, values := range event.MultiValueHeaders {
		if strings.EqualFold(name, "Content-Type") {
			types = append(types, values...)
		}
	}
	return slices.ContainsFunc(types, func(value string) bool {
		mediaType, _, err := mime.ParseMediaType(value)
		return err == nil && mediaType == httpapi.TypeRecords
	})
}

func originOf(ctx context.Context, event events.APIGatewayProxyRequest) httpapi.Origin {
	xray, _ := ctx.Value("x-amzn-trace-id").(string) // the key is aws-lambda-go's
	return httpapi.Origin{
		RequestID: event.RequestContext.RequestID,
		Path:      cmp.Or(event.RequestContext.Path, event.Path), // with the stage
		XRay:      xray,
	}
}

// withHost sets the request's host to the Host header of the client. The adapter sets the
// gateway's domain name.
func withHost(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if host := r.Header.Get("Host"); host != "" {
			r.Host = host
		}
		h.ServeHTTP(w, r)
	})
}
