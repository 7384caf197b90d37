// Command getverificationemail serves GET /verification-emails/{id}: recovery.GetVerificationEmail, in internal/recovery/get_verification_email.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/recovery"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return recovery.GetVerificationEmail(s.Auth0().Recovery()) })
}
