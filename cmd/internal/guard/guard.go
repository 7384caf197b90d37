// Package guard protects development servers on loopback. Without it, any web page in the
// developer's browser could call such a server.
package guard

import (
	"net"
	"net/http"
	"slices"
	"strings"

	"usher/internal/loopback"
)

// Loopback protects a server from web pages of other origins. Unless remote is set, it also
// rejects requests for hosts that are neither loopback nor listed in others.
func Loopback(h http.Handler, remote bool, others ...string) http.Handler {
	h = SameOrigin(h)
	if remote {
		return h
	}
	return Hosts(h, others...)
}

// Hosts rejects requests for a host that is neither loopback nor listed in others. This
// prevents DNS rebinding, in which a web page resolves its own name to this machine's
// address to read responses.
func Hosts(h http.Handler, others ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = strings.Trim(r.Host, "[]")
		}
		if !loopback.Is(host) && !slices.Contains(others, host) {
			const text = "This server is for this machine only. Call it by localhost or 127.0.0.1."
			http.Error(w, text, http.StatusMisdirectedRequest)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// SameOrigin rejects changes that web pages of other origins request. Such pages cannot read
// the response, but the change would happen. Clients that send no Origin are not affected.
func SameOrigin(h http.Handler) http.Handler {
	return http.NewCrossOriginProtection().Handler(h)
}
