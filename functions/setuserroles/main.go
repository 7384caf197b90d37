// Command setuserroles serves PUT /user-roles/{user_id}: roles.Set, in internal/roles/set.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/roles"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation { return roles.Set(env.Roles()) })
}
