package auth0

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// frozenAfter is how long a container may have slept before its idle
// connections are taken for dead. The provider's edge closes them sooner than
// a minute, and a frozen container does not notice.
const frozenAfter = 30 * time.Second

// transport is an http.Transport for a process that is frozen between
// requests: no timer of its own runs then, so it looks at the clock before it
// trusts an idle connection.
type transport struct {
	*http.Transport
	now func() time.Time

	mu   sync.Mutex
	last time.Time
}

// newTransport returns a transport that spends a quarter of the deadline, 2 of 8
// seconds, on each step to a connection.
func newTransport(now func() time.Time, deadline time.Duration) *transport {
	dialer := &net.Dialer{Timeout: deadline / 4, KeepAlive: 15 * time.Second}
	return &transport{
		now: now,
		Transport: &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           dialer.DialContext,
			ForceAttemptHTTP2:     true,
			MaxIdleConns:          100,
			MaxIdleConnsPerHost:   100, // there is one host; the local server has many requests at once
			IdleConnTimeout:       frozenAfter,
			TLSHandshakeTimeout:   deadline / 4,
			ExpectContinueTimeout: time.Second,
		},
	}
}

// RoundTrip sends the request on a connection that is not known to be stale.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if t.slept() {
		t.CloseIdleConnections()
	}
	return t.Transport.RoundTrip(r)
}

// slept reads the wall clock: the monotonic one stands still in a freeze.
func (t *transport) slept() bool {
	now := t.now().Round(0)
	t.mu.Lock()
	defer t.mu.Unlock()
	slept := !t.last.IsZero() && now.Sub(t.last) > frozenAfter
	t.last = now
	return slept
}
