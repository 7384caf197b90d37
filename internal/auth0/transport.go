package auth0

import (
	"crypto/tls"
	"net"
	"net/http"
	"sync"
	"time"
)

// frozenAfter is the pause after which idle connections are considered closed. The provider
// closes them in less than a minute, and a frozen instance does not notice.
const frozenAfter = 30 * time.Second

// transport is an http.Transport for a process that is frozen between requests. Its timers
// do not run then, so it checks the clock before it reuses an idle connection.
type transport struct {
	*http.Transport
	now func() time.Time

	mu   sync.Mutex
	last time.Time
}

// newTransport returns a transport. Each step of connecting may take a quarter of the
// deadline, 2 of 8 seconds.
func newTransport(now func() time.Time, deadline time.Duration) *transport {
	dialer := &net.Dialer{Timeout: deadline / 4, KeepAlive: 15 * time.Second}
	return &transport{
		now: now,
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         dialer.DialContext,
			ForceAttemptHTTP2:   true,
			MaxIdleConns:        100,
			MaxIdleConnsPerHost: 100, // all requests go to one host; the local server sends many at once
			IdleConnTimeout:     frozenAfter,
			TLSHandshakeTimeout: deadline / 4,
			// A connection after a freeze resumes the session of an earlier one, without certificates.
			TLSClientConfig:       &tls.Config{ClientSessionCache: tls.NewLRUClientSessionCache(0)},
			ExpectContinueTimeout: time.Second,
		},
	}
}

// RoundTrip sends the request, after a long pause on a new connection.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if t.slept() {
		t.CloseIdleConnections()
	}
	return t.Transport.RoundTrip(r)
}

// slept reports whether there was a long pause since the last request. It uses the wall
// clock, since the monotonic clock stops in a freeze.
func (t *transport) slept() bool {
	now := t.now().Round(0)
	t.mu.Lock()
	defer t.mu.Unlock()
	slept := !t.last.IsZero() && now.Sub(t.last) > frozenAfter
	t.last = now
	return slept
}
