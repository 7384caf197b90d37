// Command getloginblocks serves GET /login-blocks/{user_id}: blocks.GetLoginBlocks, in internal/blocks/get_login_blocks.go.
package main

import (
	"usher/internal/blocks"
	"usher/internal/boot"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return blocks.GetLoginBlocks(s.Auth0().Blocks()) })
}
