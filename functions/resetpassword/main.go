// Command resetpassword serves POST /password-resets: recovery.ResetPassword, in internal/recovery/reset.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/recovery"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation { return recovery.ResetPassword(env.Recovery(), env.Connection()) })
}
