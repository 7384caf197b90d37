// Command createverificationticket serves POST /verification-tickets: recovery.CreateVerificationTicket, in internal/recovery/verification_ticket.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/recovery"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation {
		return recovery.CreateVerificationTicket(env.Recovery(), env.ResultURLs())
	})
}
