// Command deleteuser serves DELETE /users/{id} and DELETE /users: users.Delete, in internal/users/delete.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/users"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return users.Delete(s.Auth0().Users()) })
}
