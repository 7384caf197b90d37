// Command listsessions serves GET /sessions/{user_id}: session.List, in internal/session/list.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/session"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return session.List(s.Auth0().Sessions(), s.Sealer()) })
}
