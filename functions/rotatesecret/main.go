// Command rotatesecret serves no route, but Secrets Manager: rotation.Rotate, in internal/rotation/rotate.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/rotation"
)

func main() {
	boot.Event(func(env *boot.Env) boot.Handle[rotation.Event] {
		return rotation.Rotate(rotation.Options{Secrets: env.SecretIDs(), Vault: env.Vault(), Provider: env.Applications()})
	})
}
