// Command getverificationemail serves GET /verification-emails/{id}: recovery.GetVerification, in internal/recovery/verification.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/recovery"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation { return recovery.GetVerification(env.Recovery()) })
}
