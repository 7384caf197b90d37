// Command createrecoverycode serves POST /mfa/{user_id}/recovery-code: mfa.CreateRecoveryCode, in internal/mfa/recovery.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/mfa"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation { return mfa.CreateRecoveryCode(env.MFA()) })
}
