// Command getloginblocks serves GET /login-blocks/{user_id}: blocks.List, in internal/blocks/login_blocks.go.
package main

import (
	"usher/internal/blocks"
	"usher/internal/boot"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation { return blocks.List(env.Blocks()) })
}
