// Command resetmfa serves DELETE /mfa/{user_id}: mfa.Reset, in internal/mfa/reset.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/mfa"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return mfa.Reset(s.Auth0().MFA()) })
}
