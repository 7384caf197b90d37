// Command unlinkidentity serves DELETE /identities/{user_id}/{provider}/{identity}:
// identities.Unlink, in internal/identities/unlink.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/identities"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return identities.Unlink(s.Auth0().Identities()) })
}
