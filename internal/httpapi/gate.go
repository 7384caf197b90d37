package httpapi

import (
	"context"
	"net/http"
)

type gateKey struct{}

// WithGate has Mux ask, before it serves a route, whether the caller may use it.
// The route is the pattern that was matched, "GET /users/{id}", and never what an
// event or a path says that it is.
func WithGate(ctx context.Context, gate func(route string) error) context.Context {
	return context.WithValue(ctx, gateKey{}, gate)
}

// May asks the gate, where there is one, whether the caller may use a route.
func May(ctx context.Context, route string) error {
	if gate, ok := ctx.Value(gateKey{}).(func(string) error); ok {
		return gate(route)
	}
	return nil
}

// gated asks the gate before it serves.
func gated(h Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := May(r.Context(), r.Pattern); err != nil {
			return err
		}
		return h(w, r)
	}
}
