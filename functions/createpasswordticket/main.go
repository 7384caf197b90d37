// Command createpasswordticket serves POST /password-tickets: recovery.CreatePasswordTicket, in internal/recovery/password_ticket.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/recovery"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation {
		return recovery.CreatePasswordTicket(env.Recovery(), env.ResultURLs())
	})
}
