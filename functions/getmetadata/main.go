// Command getmetadata serves GET /metadata/{user_id}: metadata.Get, in internal/metadata/get.go.
package main

import (
	"usher/internal/api"
	"usher/internal/boot"
	"usher/internal/metadata"
)

func main() {
	boot.HTTP(func(s *boot.Service) api.Operation { return metadata.Get(metadata.User, s.Auth0().Metadata()) })
}
