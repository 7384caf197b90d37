// Package api is the vocabulary in which operations declare themselves, and the
// one place that decides whether a call reaches them.
//
// It owns the declaration (operation.go), what a handler is given (call.go), the
// ordered list of checks before every handler (checks.go), and routing
// (server.go). It knows no operation.
package api
