// Command resetmfa serves DELETE /mfa/{user_id}: mfa.DeleteAll, in internal/mfa/reset.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/mfa"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation { return mfa.DeleteAll(env.MFA()) })
}
