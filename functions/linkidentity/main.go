// Command linkidentity serves POST /identities/{user_id}: identities.Link, in internal/identities/link.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/identities"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation { return identities.Link(env.Identities(), env.Sealer(), env.Now()) })
}
