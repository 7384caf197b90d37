// Command enrollmfa serves POST /mfa/{user_id}/enrollments: mfa.Enroll, in internal/mfa/enroll.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/mfa"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return mfa.Enroll(s.Auth0().MFA()) })
}
