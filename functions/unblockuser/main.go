// Command unblockuser serves DELETE /blocks/{user_id}: blocks.Delete, in internal/blocks/unblock.go.
package main

import (
	"usher/internal/blocks"
	"usher/internal/boot"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation { return blocks.Delete(env.Blocks()) })
}
