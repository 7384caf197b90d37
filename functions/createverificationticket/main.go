// Command createverificationticket serves POST /verification-tickets: recovery.CreateVerificationTicket, in internal/recovery/create_verification_ticket.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/recovery"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation {
		return recovery.CreateVerificationTicket(s.Auth0().Recovery(), s.ResultURLs())
	})
}
