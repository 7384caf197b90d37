// Command listidentities serves GET /identities/{user_id}: identities.List, in internal/identities/list.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/identities"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation { return identities.List(env.Identities()) })
}
