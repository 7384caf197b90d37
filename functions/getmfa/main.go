// Command getmfa serves GET /mfa/{user_id}: mfa.Get, in internal/mfa/get.go.
package main

import (
	"usher/internal/api"
	"usher/internal/boot"
	"usher/internal/mfa"
)

func main() {
	boot.HTTP(func(s *boot.Service) api.Operation { return mfa.Get(s.Auth0().MFA()) })
}
