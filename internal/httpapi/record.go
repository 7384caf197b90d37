package httpapi

import (
	"context"
	"net/http"
	"sync/atomic"
)

// Caller is the front-end that calls, as the gateway has authenticated it.
type Caller struct {
	Account string // AWS account id; "" where the gateway gives none
	ID      string // role or user ARN, or an OAuth client id
}

// record is what the middleware keeps of one request for its log line.
type record struct {
	requestID string
	err       error
	change    string // the operation's Change
	user      string // the id of the user that it concerns
	calls     atomic.Int64
	retries   atomic.Int64
}

type (
	recordKey struct{}
	pathKey   struct{}
	callerKey struct{}
)

// recordOf returns the request's record, or a fresh one where the middleware
// is not in front, so that a handler can be tested alone.
func recordOf(ctx context.Context) *record {
	if rec, ok := ctx.Value(recordKey{}).(*record); ok {
		return rec
	}
	return &record{}
}

// RequestID returns the id under which this request is logged and answered.
func RequestID(ctx context.Context) string { return recordOf(ctx).requestID }

// CountProviderCall counts a call to the identity provider for the request's
// log line; retry tells that it repeats an earlier one.
func CountProviderCall(ctx context.Context, retry bool) {
	rec := recordOf(ctx)
	rec.calls.Add(1)
	if retry {
		rec.retries.Add(1)
	}
}

// WithCaller keeps the caller in the context.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// CallerOf returns the caller; its zero value where nobody was authenticated,
// which is so only on a developer's machine.
func CallerOf(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey{}).(Caller)
	return c
}

// WithRequestPath keeps the escaped path that the client asked for, with the
// gateway's stage or base path, which URL.Path lacks.
func WithRequestPath(ctx context.Context, escaped string) context.Context {
	return context.WithValue(ctx, pathKey{}, escaped)
}

// RequestPath returns the escaped path that the client asked for.
func RequestPath(r *http.Request) string {
	if path, ok := r.Context().Value(pathKey{}).(string); ok {
		return path
	}
	return r.URL.EscapedPath()
}
