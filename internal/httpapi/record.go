package httpapi

import (
	"cmp"
	"context"
	"net/http"
	"sync"
)

// record is the middleware's data about a request, for its log line.
type record struct {
	requestID string
	path      string // the path that the client sent; "" for the request's own
	trace     trace
	caller    Caller
	actor     string // the ID of the staff user, chosen by the caller
	cold      bool   // the first request of this process
	err       error
	change    string // the operation's Change
	user      string // the ID of the user
	otherUser string // the ID of a second account, such as a linked one
	returnTo  string // return_to of a problem
	job       string // the ID of the job that the request, or the work, belongs to

	counting sync.Mutex // guards counts
	counts   Counts
}

type recordKey struct{}

// recordOf returns the request's record. Without the middleware it returns a new one, so
// that tests can call a handler directly.
func recordOf(ctx context.Context) *record {
	if rec, ok := ctx.Value(recordKey{}).(*record); ok {
		return rec
	}
	return &record{counts: Counts{ProviderLeft: -1}}
}

// RequestID returns the ID of the request in the log and the response.
func RequestID(ctx context.Context) string { return recordOf(ctx).requestID }

// RequestPath returns the escaped path that the client sent, with the gateway's stage or base path.
func RequestPath(r *http.Request) string {
	return cmp.Or(recordOf(r.Context()).path, r.URL.EscapedPath())
}
