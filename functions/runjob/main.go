// Command runjob serves no route, but the state machine: it carries out a part of a job, with the kinds of internal/bulk.
package main

import (
	"usher/internal/boot"
	"usher/internal/boot/withjobs"
	"usher/internal/bulk"
)

func main() {
	withjobs.Worker(func(s *boot.Service) []boot.JobDefinition {
		return []boot.JobDefinition{
			bulk.Creations(s.CreateOptions(), s.Auth0().Users()),
			bulk.Imports(s.CreateOptions(), s.Auth0().Imports()),
			bulk.Updates(s.Auth0().Users()),
			bulk.Deletions(s.Auth0().Users()),
			bulk.Exports(&bulk.Sources{
				List: s.Auth0().Users(), User: s.Auth0().Users(), Identities: s.Auth0().Identities(), MFA: s.Auth0().MFA(),
				Sessions: s.Auth0().Sessions(), Roles: s.Auth0().Roles(), Events: s.Auth0().Events(),
			}),
		}
	})
}
