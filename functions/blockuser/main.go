// Command blockuser serves PUT /blocks/{user_id}: blocks.Put, in internal/blocks/block.go.
package main

import (
	"usher/internal/blocks"
	"usher/internal/boot"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation { return blocks.Put(env.Blocks()) })
}
