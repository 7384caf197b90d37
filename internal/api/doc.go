// Package api defines how operations declare themselves, and decides whether a call reaches them.
//
// It owns the declaration (operation.go), the arguments of a handler (call.go), the checks before
// every handler (checks.go), and routing (server.go, router.go). It knows no specific operation.
package api
