// Command login serves GET /login: session.Login, in internal/session/login.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/session"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation {
		return session.Login(s.Auth0().SignIn(), s.Sealer(), s.SignInOptions())
	})
}
