// Command createpasswordticket serves POST /password-tickets: recovery.CreatePasswordTicket, in internal/recovery/create_password_ticket.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/recovery"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation {
		return recovery.CreatePasswordTicket(s.Auth0().Recovery(), s.ResultURLs())
	})
}
