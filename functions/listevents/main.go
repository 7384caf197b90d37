// Command listevents serves GET /events/{user_id}: events.List, in internal/events/list.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/events"
)

func main() {
	boot.HTTP(func(s *boot.Service) boot.Operation { return events.List(s.Auth0().Events(), s.Sealer()) })
}
