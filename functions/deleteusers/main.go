// Command deleteusers serves POST /user-deletions: bulk.DeleteUsers, in internal/bulk/delete_users.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/boot/withjobs"
	"usher/internal/bulk"
)

func main() {
	withjobs.HTTP(func(s *boot.Service) boot.Operation { return bulk.DeleteUsers(s.Jobs()) })
}
