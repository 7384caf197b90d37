// Command getmfa serves GET /mfa/{user_id}: mfa.List, in internal/mfa/methods.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/mfa"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation { return mfa.List(env.MFA()) })
}
