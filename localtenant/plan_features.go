package localtenant

import (
	"net/http"
	"strings"
)

// aboutSessions reports whether a route is one of those that not every plan
// has: sessions, refresh tokens, and ending both.
func aboutSessions(pattern string) bool {
	for _, part := range []string{"/sessions", "/refresh-tokens", "/revoke-access"} {
		if strings.Contains(pattern, part) {
			return true
		}
	}
	return false
}

// notInPlan is a guess: the documentation tells that some plans lack these
// endpoints, and not how they answer then.
func notInPlan() error {
	return newAPIError(http.StatusForbidden, "feature_not_enabled", "This feature is not enabled for the tenant.")
}
