// Package inprocess runs the functions' handlers in this process, with a provider in memory, to count
// their allocations: a network would add others, in a varying number.
package inprocess

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"usher/bench/internal/provider"
	"usher/bench/internal/target"
	"usher/internal/api"
	"usher/internal/auth0"
	"usher/internal/config"
	"usher/internal/gateway"
	"usher/internal/httpapi"
	"usher/internal/metadata"
	"usher/internal/metrics"
	"usher/internal/seal"
	"usher/internal/secrets"
	"usher/internal/session"
	"usher/internal/users"
)

// service is what boot.HTTP wires for one function, but with another transport.
type service struct {
	client *auth0.Client
	sealer *seal.Sealer
}

func newService(p *provider.Provider, transport http.RoundTripper, log *slog.Logger) (service, error) {
	credentials, err := secrets.Parse(p.Secret(), false)
	if err != nil {
		return service{}, err
	}
	static := secrets.Static(credentials)
	client := auth0.New(auth0.Options{
		Credentials: static, Scopes: strings.Fields(config.DefaultScopes), Log: log, Now: time.Now, Transport: transport,
		Observe:      func(ctx context.Context, c auth0.Call) { httpapi.CountProviderCall(ctx, httpapi.ProviderCall(c)) },
		RetryRefused: httpapi.CountRetryRefused, Odd: httpapi.CountUnreadable,
		CorrelationID: httpapi.CorrelationID, Traceparent: httpapi.Traceparent,
	})
	return service{client: client, sealer: seal.New(static, time.Now)}, nil
}

// operation returns what a function serves, as its main.go does.
func (s service) operation(function string) (api.Operation, error) {
	signIn := session.Options{RedirectURIs: []string{target.RedirectURI}, Now: time.Now}
	switch function {
	case "getuser":
		return users.Get(s.client.Users()), nil
	case "createuser":
		return users.Create(s.client.Users(), s.sealer, users.CreateOptions{Connection: config.DefaultConnection}), nil
	case "updateuser":
		return users.Update(s.client.Users()), nil
	case "deleteuser":
		return users.Delete(s.client.Users()), nil
	case "listusers":
		return users.List(s.client.Users(), s.sealer), nil
	case "updatemetadata":
		return metadata.Update(metadata.User, s.client.Metadata()), nil
	case "login":
		return session.Login(s.client.SignIn(), s.sealer, signIn), nil
	case "callback":
		return session.Callback(s.client.SignIn(), s.sealer, signIn), nil
	}
	return api.Operation{}, fmt.Errorf("the function %s is not wired", function)
}

// handler returns a function as Lambda's runtime calls it.
func (s service) handler(function string, log *slog.Logger) (lambda.Handler, error) {
	op, err := s.operation(function)
	if err != nil {
		return nil, err
	}
	server := api.Server{Authenticate: gateway.Authenticate, Directory: s.client.Users()}
	serving := httpapi.ServeOptions{
		Log: log, Deadline: 8 * time.Second, Origin: gateway.Origin, Measure: metrics.New(io.Discard, "usher", time.Now).Write,
	}
	return lambda.NewHandler(gateway.New(httpapi.Serve(server.Handler(op), serving), gateway.Options{Now: time.Now})), nil
}
