// Command updateusers serves POST /user-updates: bulk.UpdateUsers, in internal/bulk/update_users.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/boot/withjobs"
	"usher/internal/bulk"
)

func main() {
	withjobs.HTTP(func(s *boot.Service) boot.Operation { return bulk.UpdateUsers(s.Jobs()) })
}
