package operations

import (
	"log/slog"
	"net/http"

	"usher/internal/api"
	"usher/internal/boot"
	"usher/internal/httpapi"
)

// Handler serves every operation as one server, and authenticates nobody. It is for
// a developer's machine and tests.
func Handler(s *boot.Service, log *slog.Logger) http.Handler {
	return s.Handler(httpapi.ServeOptions{Log: log}, api.Anonymous, All(s)...)
}
