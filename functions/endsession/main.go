// Command endsession serves DELETE /sessions/{user_id}/{session}: session.End, in internal/session/end.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/session"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return session.End(s.Auth0().Sessions()) })
}
