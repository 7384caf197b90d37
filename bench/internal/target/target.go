// Package target holds what the benchmarks measure: the provider calls of an operation without the
// service, the function's binary, the local server, and the floor.
package target

import (
	"context"
	"net/http"
)

// Workers is the number of requests that a target can serve at the same time.
const Workers = 16

// Answer is a target's response.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Target serves one operation's request again and again.
type Target interface {
	// Do sends the request once. At most one call at a time may use a worker, from 0 to Workers-1.
	Do(ctx context.Context, worker int) (Answer, error)
	Close()
}

// Names of the targets, in the order of the tables.
const (
	Bare     = "bare call"
	Function = "function"
	Local    = "local server"
	Floor    = "floor"
	Old      = "old function"
)

// Names lists all of them.
var Names = []string{Bare, Floor, Function, Old, Local}
