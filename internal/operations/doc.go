// Package operations lists every operation of the service once, for the local
// server and the whole-API tests. The list is generated from functions/, so
// that a new function needs no entry anywhere.
//
// Functions do not import it: each links its own operation alone.
package operations

import "usher/internal/boot"

//go:generate go run ./generate ../../functions operations_gen.go

// Named is an operation and the function that serves it.
type Named struct {
	Function string // the directory under functions/
	boot.Operation
}
