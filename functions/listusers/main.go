// Command listusers serves GET /users: users.List, in internal/users/list.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/users"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation { return users.List(env.Users(), env.Sealer()) })
}
