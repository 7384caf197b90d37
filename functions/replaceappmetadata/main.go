// Command replaceappmetadata serves PUT /app-metadata/{user_id}: metadata.Replace, in internal/metadata/replace.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/metadata"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return metadata.Replace(metadata.App, s.Auth0().AppMetadata()) })
}
