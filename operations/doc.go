// Package operations lists every operation of the service once, for the local
// server, the tests, and what is generated from the operations' declarations. The list
// is generated from functions/, so that a new function needs no entry anywhere.
//
// Functions do not import it: each links its own operation alone.
package operations

//go:generate go run ./generate ../functions operations_gen.go
//go:generate go run ./describe ..
