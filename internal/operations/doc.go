// Package operations lists every operation of the service once, for the local
// server and the whole-API tests. The list is generated from functions/, so
// that a new function needs no entry anywhere.
//
// Functions do not import it: each links its own operation alone.
package operations

import (
	"log/slog"
	"net/http"

	"usher/internal/boot"
)

//go:generate go run ./generate ../../functions operations_gen.go

// Named is an operation and the function that serves it.
type Named struct {
	Function string // the directory under functions/
	boot.Operation
}

// Handler serves every operation of the service over plain HTTP.
func Handler(env *boot.Env, log *slog.Logger) http.Handler {
	var all []boot.Operation
	for _, named := range All(env) {
		all = append(all, named.Operation)
	}
	return env.Handler(log, all...)
}
