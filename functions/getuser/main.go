// Command getuser serves GET /users/{id}: users.Get, in internal/users/get.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/users"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation { return users.Get(env.Users()) })
}
