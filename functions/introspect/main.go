// Command introspect serves POST /introspect: session.Introspect, in internal/session/introspect.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/session"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation { return session.Introspect(env.Tokens()) })
}
