// Command rotatesecret serves no route, but Secrets Manager: rotation.Rotate, in internal/rotation/rotate.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/rotation"
)

func main() {
	boot.Event(func(s *boot.Service) boot.Handle[rotation.Event] {
		return rotation.Rotate(rotation.Options{Secrets: s.SecretIDs(), Vault: s.Vault(), Provider: s.Auth0().Applications()})
	})
}
