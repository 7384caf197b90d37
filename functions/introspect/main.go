// Command introspect serves POST /introspect: session.Introspect, in internal/session/introspect.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/session"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return session.Introspect(s.Auth0().Tokens()) })
}
