// Command sendverificationemail serves POST /verification-emails: recovery.SendVerification, in internal/recovery/verification.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/recovery"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation { return recovery.SendVerification(env.Recovery()) })
}
