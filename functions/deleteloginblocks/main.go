// Command deleteloginblocks serves DELETE /login-blocks/{user_id}: blocks.DeleteLoginBlocks, in internal/blocks/delete_login_blocks.go.
package main

import (
	"usher/internal/blocks"
	"usher/internal/boot"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return blocks.DeleteLoginBlocks(s.Auth0().Blocks()) })
}
