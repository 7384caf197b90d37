// Command listroles serves GET /roles: roles.List, in internal/roles/list.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/roles"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation { return roles.List(env.Roles()) })
}
