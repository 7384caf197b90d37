// Command enrollmfa serves POST /mfa/{user_id}/enrollments: mfa.Enroll, in internal/mfa/enroll.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/mfa"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation { return mfa.Enroll(env.MFA()) })
}
