// Command getappmetadata serves GET /app-metadata/{user_id}: metadata.Get, in internal/metadata/get.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/metadata"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return metadata.Get(metadata.App, s.Auth0().AppMetadata()) })
}
