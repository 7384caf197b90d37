package httpapi

import (
	"cmp"
	"context"
	"net/http"
	"sync"
)

// record is what the middleware keeps of one request for its log line.
type record struct {
	requestID string
	path      string // as the client asked for it; "" for the request's own
	trace     trace
	caller    Caller
	cold      bool // the first request of this process
	err       error
	change    string // the operation's Change
	user      string // the id of the user that it concerns
	otherUser string // that of a second account, as of one that is linked
	returnTo  string // what a problem says as return_to

	counting sync.Mutex // guards counts
	counts   Counts
}

type recordKey struct{}

// recordOf returns the request's record, or a fresh one where the middleware
// is not in front, so that a handler can be tested alone.
func recordOf(ctx context.Context) *record {
	if rec, ok := ctx.Value(recordKey{}).(*record); ok {
		return rec
	}
	return &record{counts: Counts{ProviderLeft: -1}}
}

// RequestID returns the id under which this request is logged and answered.
func RequestID(ctx context.Context) string { return recordOf(ctx).requestID }

// RequestPath returns the escaped path that the client asked for, with the
// gateway's stage or base path, which URL.Path lacks.
func RequestPath(r *http.Request) string {
	return cmp.Or(recordOf(r.Context()).path, r.URL.EscapedPath())
}
