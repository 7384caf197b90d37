// Command blockuser serves PUT /blocks/{user_id}: blocks.BlockUser, in internal/blocks/block_user.go.
package main

import (
	"usher/internal/blocks"
	"usher/internal/boot"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return blocks.BlockUser(s.Auth0().Blocks()) })
}
