// Command endsessions serves DELETE /sessions/{user_id}: session.EndSessions, in internal/session/end_sessions.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/session"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return session.EndSessions(s.Auth0().Sessions()) })
}
