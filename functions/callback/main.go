// Command callback serves GET /callback: session.Callback, in internal/session/callback.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/session"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation {
		return session.Callback(s.Auth0().SignIn(), s.Sealer(), s.SignInOptions())
	})
}
