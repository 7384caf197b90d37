// Command logout serves GET /logout: session.Logout, in internal/session/logout.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/session"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return session.Logout(s.Auth0().SignIn(), s.SignInOptions()) })
}
