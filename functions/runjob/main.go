// Command runjob serves no route, but the state machine: bulk.Definitions, in internal/bulk/definitions.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/boot/withjobs"
	"usher/internal/bulk"
)

func main() {
	withjobs.Worker(func(s *boot.Service) []boot.JobDefinition {
		return bulk.Definitions(s.CreateOptions(), bulk.Providers{Users: s.Auth0().Users(), Imports: s.Auth0().Imports(), Exports: bulk.Sources{
			List: s.Auth0().Users(), User: s.Auth0().Users(), Identities: s.Auth0().Identities(), MFA: s.Auth0().MFA(),
			Sessions: s.Auth0().Sessions(), Roles: s.Auth0().Roles(), Events: s.Auth0().Events(),
		}})
	})
}
