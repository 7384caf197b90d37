// Command getuser serves GET /users/{id}: users.Get, in internal/users/get.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/users"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return users.Get(s.Auth0().Users()) })
}
