// Command listidentities serves GET /identities/{user_id}: identities.List, in internal/identities/list.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/identities"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return identities.List(s.Auth0().Identities()) })
}
