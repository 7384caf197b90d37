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

// gated asks the gate, where there is one.
func gated(h Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if gate, ok := r.Context().Value(gateKey{}).(func(string) error); ok {
			if err := gate(r.Pattern); err != nil {
				return err
			}
		}
		return h(w, r)
	}
}
