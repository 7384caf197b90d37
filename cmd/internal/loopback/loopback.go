// Package loopback keeps servers for development to the machine that they run on, and
// to those on it who mean to call them. A server that listens on loopback alone is
// reached by every web page in the developer's browser.
package loopback

import (
	"net"
	"net/http"
	"slices"
	"strings"
)

// Is reports whether a host is this machine, by its name or address on loopback.
func Is(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Guard keeps web pages of others away from a server, and with them other machines,
// unless remote lets these in. It may be called by the other hosts' names, too.
func Guard(h http.Handler, remote bool, others ...string) http.Handler {
	h = SameOrigin(h)
	if remote {
		return h
	}
	return Hosts(h, others...)
}

// Hosts refuses requests for another host than this machine and those named: a web
// page could give its own name this machine's address, and so read what the server
// tells (DNS rebinding).
func Hosts(h http.Handler, others ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = strings.Trim(r.Host, "[]")
		}
		if !Is(host) && !slices.Contains(others, host) {
			http.Error(w, "This server is for this machine alone; call it by localhost or 127.0.0.1.", http.StatusMisdirectedRequest)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// SameOrigin refuses what pages of other origins send to change something: they get
// no answer to read, but the change would be made. Clients other than browsers send no
// Origin, and pass.
func SameOrigin(h http.Handler) http.Handler {
	return http.NewCrossOriginProtection().Handler(h)
}
