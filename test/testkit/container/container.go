// Package container runs all functions in this process, as they serve API Gateway's events: with one
// set of caches, and with a clock of the test's.
package container

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"

	"usher/internal/boot"
	"usher/internal/gateway"
	"usher/internal/httpapi"
	"usher/operations"
	"usher/test/testkit/traffic"
)

// Container serves the events of every operation.
type Container struct{ routes *http.ServeMux }

// function is a function as the target of a route.
type function struct {
	handle  gateway.Handler
	maxBody int
}

func (function) ServeHTTP(http.ResponseWriter, *http.Request) { panic("invoked by an event only") }

// New returns a container of a service.
func New(service *boot.Service, log *slog.Logger) *Container {
	c := &Container{http.NewServeMux()}
	serving := httpapi.ServeOptions{Log: log, Origin: gateway.Origin}
	for _, op := range operations.All(service) {
		handle := gateway.New(service.Handler(serving, gateway.Authenticate, op), gateway.Options{Now: service.Now()})
		for _, route := range op.Routes {
			c.routes.Handle(route, function{handle, op.BodyLimit()})
		}
	}
	return c
}

// Invoke serves a request as an event. ctx has the invocation's deadline.
func (c *Container) Invoke(ctx context.Context, r traffic.Request) (traffic.Answer, error) {
	event, err := r.Event()
	if err != nil {
		return traffic.Answer{}, err
	}
	return c.Serve(ctx, r.Method, r.Target, event)
}

// Serve serves an event of the route of a method and a target.
func (c *Container) Serve(ctx context.Context, method, target string, event []byte) (traffic.Answer, error) {
	path, _, _ := strings.Cut(target, "?")
	route, _ := c.routes.Handler(httptest.NewRequestWithContext(ctx, method, path, http.NoBody))
	f, ok := route.(function)
	if !ok {
		return traffic.Answer{}, fmt.Errorf("no function serves %s %s", method, path)
	}
	// A new handler, because the next call of one overwrites the answer of the one before.
	answer, err := f.handle.Lambda(f.maxBody).Invoke(ctx, event)
	if err != nil {
		return traffic.Answer{}, err
	}
	return traffic.Parse(answer)
}

// Answer is a traffic.Service without a deadline of the invocation.
func (c *Container) Answer(r traffic.Request) (traffic.Answer, error) {
	return c.Invoke(context.Background(), r)
}
