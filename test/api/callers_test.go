package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"usher/internal/boot"
	"usher/internal/gateway"
	"usher/internal/permission"
)

// caller puts a front-end's identity into an event, as the gateway does that has
// authenticated it.
type caller func(*events.APIGatewayProxyRequestContext)

// auth is a way in which front-ends are authenticated, and what the front-ends of
// these tests are there.
type auth struct {
	way
	identity func(name string) string // a member of a policy document
	caller   func(name string) caller
}

const account = "123456789012"

var auths = []auth{
	{
		way:      gatewayWay("by IAM", gateway.Options{}),
		identity: func(name string) string { return fmt.Sprintf(`"role":{"account":%q,"name":%q}`, account, name) },
		caller: func(name string) caller {
			return func(c *events.APIGatewayProxyRequestContext) {
				c.Identity.AccountID = account
				c.Identity.UserArn = "arn:aws:sts::" + account + ":assumed-role/" + name + "/intranet" // a session like another's name
			}
		},
	},
	{
		way:      gatewayWay("by token", gateway.Options{Bearer: true}),
		identity: func(name string) string { return fmt.Sprintf(`"client_id":%q`, name) },
		caller: func(name string) caller {
			return func(c *events.APIGatewayProxyRequestContext) {
				c.Identity = events.APIGatewayRequestIdentity{SourceIP: "10.0.12.34"}
				c.Authorizer = map[string]any{
					"principalId": "intranet", "caller": name, "permissions": everyScope(), "exp": fmt.Sprint(time.Now().Add(time.Hour).Unix()), "integrationLatency": 3,
				}
			}
		},
	},
}

func gatewayWay(name string, from gateway.Options) way {
	return way{name: name, gateway: true, stage: "/prod", start: func(t *testing.T, service *boot.Service, log *slog.Logger) http.RoundTripper {
		return newFunctions(t, service, log, from)
	}}
}

func everyScope() string {
	var all []string
	for _, group := range permission.All() {
		all = append(all, group.Scope)
	}
	return strings.Join(all, " ")
}

type callerKey struct{}

// by is the service as this caller reaches it.
func (s *service) by(who caller) *service {
	next := s.client.Transport
	return &service{
		jobs: s.jobs, engine: s.engine,
		t: s.t, way: s.way, tenant: s.tenant, log: s.log, setup: s.setup, serial: s.serial, canaries: s.canaries,
		client: &http.Client{CheckRedirect: stay, Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			return next.RoundTrip(r.WithContext(context.WithValue(r.Context(), callerKey{}, who)))
		})},
	}
}

// authenticate makes the event that of the request's caller.
func authenticate(e *events.APIGatewayProxyRequest, r *http.Request) {
	if who, ok := r.Context().Value(callerKey{}).(caller); ok {
		who(&e.RequestContext)
	}
}
