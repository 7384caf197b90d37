// Command deletemfamethod serves DELETE /mfa/{user_id}/methods/{method}: mfa.Remove, in internal/mfa/remove.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/mfa"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation { return mfa.Remove(env.MFA()) })
}
