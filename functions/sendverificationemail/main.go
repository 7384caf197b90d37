// Command sendverificationemail serves POST /verification-emails: recovery.SendVerificationEmail, in internal/recovery/send_verification_email.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/recovery"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return recovery.SendVerificationEmail(s.Auth0().Recovery()) })
}
