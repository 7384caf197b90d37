// Command linkidentity serves POST /identities/{user_id}: identities.Link, in internal/identities/link.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/identities"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation {
		return identities.Link(s.Auth0().Identities(), s.Sealer(), s.Now())
	})
}
