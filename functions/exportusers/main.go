// Command exportusers serves POST /user-exports: bulk.ExportUsers, in internal/bulk/export_users.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/boot/withjobs"
	"usher/internal/bulk"
)

func main() {
	withjobs.HTTP(func(s *boot.Service) boot.Operation { return bulk.ExportUsers(s.Jobs()) })
}
