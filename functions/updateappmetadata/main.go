// Command updateappmetadata serves PATCH /app-metadata/{user_id}: metadata.Update, in internal/metadata/update.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/metadata"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return metadata.Update(metadata.App, s.Auth0().AppMetadata()) })
}
