// Package inprocess runs the functions' handlers in this process, with a provider in memory, to count
// their allocations: a network would add others, in a varying number.
package inprocess

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"usher/bench/internal/provider"
	"usher/bench/internal/target"
	"usher/internal/api"
	"usher/internal/boot"
	"usher/internal/config"
	"usher/internal/gateway"
	"usher/internal/httpapi"
	"usher/internal/metrics"
	"usher/internal/secrets"
	"usher/operations"
)

// service is the service with a transport in memory.
type service struct{ *boot.Service }

func newService(p *provider.Provider, transport http.RoundTripper, log *slog.Logger) (service, error) {
	credentials, err := secrets.Parse(p.Secret(), false)
	if err != nil {
		return service{}, err
	}
	cfg := config.Config{
		Connection: config.DefaultConnection, RedirectURIs: []string{target.RedirectURI},
		Scopes: strings.Fields(config.DefaultScopes), Binding: config.BindingCookie, Transport: transport,
	}
	return service{boot.New(cfg, secrets.Static(credentials), log, time.Now)}, nil
}

// handler returns a function as Lambda's runtime calls it.
func (s service) handler(function string, log *slog.Logger) (lambda.Handler, error) {
	all := operations.All(s.Service)
	i := slices.IndexFunc(all, func(op api.Operation) bool { return op.Name == function })
	if i < 0 {
		return nil, fmt.Errorf("there is no function %s", function)
	}
	serving := httpapi.ServeOptions{Log: log, Origin: gateway.Origin, Measure: metrics.New(io.Discard, "usher", time.Now).Write}
	return gateway.New(s.Handler(serving, gateway.Authenticate, all[i]), gateway.Options{Now: time.Now}).Lambda(all[i].BodyLimit()), nil
}
