// Command importusers serves POST /user-imports: bulk.ImportUsers, in internal/bulk/import_users.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/boot/withjobs"
	"usher/internal/bulk"
)

func main() {
	withjobs.HTTP(func(s *boot.Service) boot.Operation { return bulk.ImportUsers(s.Jobs(), s.CreateOptions()) })
}
