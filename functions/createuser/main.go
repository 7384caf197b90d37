// Command createuser serves POST /users: users.Create, in internal/users/create.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/users"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation {
		return users.Create(s.Auth0().Users(), s.Sealer(), s.CreateOptions())
	})
}
