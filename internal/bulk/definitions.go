package bulk

import (
	"usher/internal/imports"
	"usher/internal/jobs"
	"usher/internal/users"
)

// Providers are the provider's interfaces for the work of all kinds.
type Providers struct {
	Users interface {
		users.OnceCreator
		users.Updater
		DeletionDirectory
	}
	Imports imports.Provider
	Exports Sources
}

// Definitions returns all kinds with their work.
func Definitions(o users.CreateOptions, from Providers) []jobs.Definition {
	return []jobs.Definition{
		Creations(o, from.Users), Imports(o, from.Imports), Updates(from.Users), Deletions(from.Users), Exports(&from.Exports),
	}
}
