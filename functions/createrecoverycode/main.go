// Command createrecoverycode serves POST /mfa/{user_id}/recovery-code: mfa.CreateRecoveryCode, in internal/mfa/create_recovery_code.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/mfa"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return mfa.CreateRecoveryCode(s.Auth0().MFA()) })
}
