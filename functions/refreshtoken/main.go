// Command refreshtoken serves POST /token: session.RefreshToken, in internal/session/refresh_token.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/session"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return session.RefreshToken(s.Auth0().Tokens()) })
}
