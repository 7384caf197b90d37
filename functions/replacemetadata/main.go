// Command replacemetadata serves PUT /metadata/{user_id}: metadata.Replace, in internal/metadata/replace.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/metadata"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return metadata.Replace(metadata.User, s.Auth0().Metadata()) })
}
