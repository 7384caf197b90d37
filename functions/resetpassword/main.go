// Command resetpassword serves POST /password-resets: recovery.ResetPassword, in internal/recovery/reset_password.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/recovery"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation {
		return recovery.ResetPassword(s.Auth0().Recovery(), s.Connection())
	})
}
