// Command updatemetadata serves PATCH /metadata/{user_id}: metadata.Update, in internal/metadata/update.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/metadata"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return metadata.Update(metadata.User, s.Auth0().Metadata()) })
}
