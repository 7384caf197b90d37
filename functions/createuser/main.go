// Command createuser serves POST /users: users.Create, in internal/users/create.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/users"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation { return users.Create(env.Users(), env.Sealer(), env.Creating()) })
}
