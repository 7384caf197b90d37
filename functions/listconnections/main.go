// Command listconnections serves GET /connections: identities.ListConnections, in internal/identities/list_connections.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/identities"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return identities.ListConnections(s.Auth0().Identities()) })
}
