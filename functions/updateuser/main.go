// Command updateuser serves PATCH /users/{id}: users.Update, in internal/users/update.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/users"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return users.Update(s.Auth0().Users()) })
}
