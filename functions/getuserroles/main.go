// Command getuserroles serves GET /user-roles/{user_id}: roles.Get, in internal/roles/get.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/roles"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation { return roles.Get(env.Roles()) })
}
