package gateway

import (
	"context"
	"net/http"

	"usher/internal/httpapi"
)

// guard refuses events of nobody, and those that are broken: the gateway may
// have been opened by mistake. Whoever is not authenticated learns nothing about
// the event's other faults.
func guard(h http.Handler) http.Handler {
	return httpapi.Handler(func(w http.ResponseWriter, r *http.Request) error {
		in := inboundOf(r)
		if err := in.identity.fault; err != nil {
			return err
		}
		if err := in.fault; err != nil {
			return err
		}
		h.ServeHTTP(w, r)
		return nil
	})
}

// withIdentity tells the handlers who calls. Where a token says what its holder
// may do, no route is served that it does not name.
func withIdentity(ctx context.Context, who identity, opts Options) context.Context {
	ctx = httpapi.WithCaller(ctx, who.caller)
	if opts.Bearer && who.caller.ID != "" {
		ctx = httpapi.WithGate(ctx, who.may)
	}
	return ctx
}
