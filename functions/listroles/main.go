// Command listroles serves GET /roles: roles.List, in internal/roles/list.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/roles"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return roles.List(s.Auth0().Roles()) })
}
