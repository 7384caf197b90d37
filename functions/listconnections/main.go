// Command listconnections serves GET /connections: identities.Connections, in internal/identities/connections.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/identities"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation { return identities.Connections(env.Identities()) })
}
