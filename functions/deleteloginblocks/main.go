// Command deleteloginblocks serves DELETE /login-blocks/{user_id}: blocks.Lift, in internal/blocks/login_blocks.go.
package main

import (
	"usher/internal/blocks"
	"usher/internal/boot"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation { return blocks.Lift(env.Blocks()) })
}
