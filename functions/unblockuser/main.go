// Command unblockuser serves DELETE /blocks/{user_id}: blocks.UnblockUser, in internal/blocks/unblock_user.go.
package main

import (
	"usher/internal/blocks"
	"usher/internal/boot"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return blocks.UnblockUser(s.Auth0().Blocks()) })
}
