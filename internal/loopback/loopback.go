// Package loopback recognizes loopback hosts.
package loopback

import "net"

// Is reports whether a host name or IP address is loopback.
func Is(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
