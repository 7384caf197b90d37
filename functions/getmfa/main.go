// Command getmfa serves GET /mfa/{user_id}: mfa.Get, in internal/mfa/get.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/mfa"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return mfa.Get(s.Auth0().MFA()) })
}
