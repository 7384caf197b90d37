// Command listusers serves GET /users: users.List, in internal/users/list.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/users"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return users.List(s.Auth0().Users(), s.Sealer()) })
}
