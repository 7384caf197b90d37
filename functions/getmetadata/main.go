// Command getmetadata serves GET /metadata/{user_id}: metadata.Get, in internal/metadata/get.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/metadata"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return metadata.Get(metadata.User, s.Auth0().Metadata()) })
}
