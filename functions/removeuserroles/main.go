// Command removeuserroles serves DELETE /user-roles/{user_id}: roles.Remove, in internal/roles/remove.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/roles"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation { return roles.Remove(env.Roles()) })
}
