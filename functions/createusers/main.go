// Command createusers serves POST /user-creations: bulk.CreateUsers, in internal/bulk/create_users.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/boot/withjobs"
	"usher/internal/bulk"
)

func main() {
	withjobs.HTTP(func(s *boot.Service) boot.Operation { return bulk.CreateUsers(s.Jobs(), s.CreateOptions()) })
}
