// Package shared gives contexts to work that is done once for all requests that wait for its result:
// the read of the secret, and the fetches of the management token and the signing keys.
package shared

import "context"

type key struct{}

// Startup marks ctx as that of work before the first request. Work then ends with ctx, and its waiters
// wait for that end. So no work goes on afterwards, while the process may be frozen.
func Startup(ctx context.Context) context.Context { return context.WithValue(ctx, key{}, true) }

// IsStartup reports whether ctx was marked by Startup.
func IsStartup(ctx context.Context) bool { return ctx.Value(key{}) != nil }

// Work returns the context of the work that a request with ctx begins. The end of this request does not
// end the work for the others.
func Work(ctx context.Context) context.Context {
	if IsStartup(ctx) {
		return ctx
	}
	return context.WithoutCancel(ctx)
}

// GivenUp returns the channel that ends the wait of a request with ctx.
func GivenUp(ctx context.Context) <-chan struct{} {
	if IsStartup(ctx) {
		return nil
	}
	return ctx.Done()
}
