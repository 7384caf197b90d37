// Package provider is the provider of the benchmarks: it answers the calls of the measured
// operations with prepared bodies, over TLS on loopback, after a set delay. It keeps no users, so
// that the same call always costs the same.
package provider

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"usher/localtenant"
)

// Provider is the provider.
type Provider struct {
	CAFile string // the CA that signed its certificate
	server *httptest.Server
	key    *rsa.PrivateKey
	pages  map[string][]byte
	delay  atomic.Int64
	counts counts

	mu       sync.Mutex
	grants   map[string][]byte // answers to codes
	recorded []Call
	record   bool
}

// Start serves the answers with a certificate from a CA in dir. users is a page of users of the
// Management API.
func Start(dir string, users []byte) (*Provider, error) {
	pages, err := pagesOf(users)
	if err != nil {
		return nil, fmt.Errorf("start the provider: %w", err)
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("start the provider: %w", err)
	}
	certificate, err := localtenant.Certificate(dir)
	if err != nil {
		return nil, fmt.Errorf("start the provider: %w", err)
	}
	p := &Provider{CAFile: filepath.Join(dir, localtenant.CAFile), key: key, pages: pages, grants: map[string][]byte{}}
	p.server = httptest.NewUnstartedServer(http.HandlerFunc(p.serve))
	p.server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			p.counts.connections.Add(1)
		}
	}
	p.server.Config.ErrorLog = log.New(io.Discard, "", 0) // of functions that end while they connect
	p.server.EnableHTTP2 = true                           // Auth0 speaks HTTP/2
	p.server.TLS = tlsConfig(certificate)
	p.server.StartTLS()
	return p, nil
}

// Close ends the provider.
func (p *Provider) Close() { p.server.CloseClientConnections(); p.server.Close() }

// Host returns the provider's domain, as a secret has it.
func (p *Provider) Host() string { return p.server.Listener.Addr().String() }

// URL returns the provider's URL without a trailing slash.
func (p *Provider) URL() string { return "https://" + p.Host() }

// Secret returns the content of the service's secret for this provider.
func (p *Provider) Secret() string {
	return fmt.Sprintf(`{"domain":%q,"client_id":%q,"client_secret":"made-up"}`, p.Host(), ClientID)
}

// SetDelay sets the time that the provider waits before each answer.
func (p *Provider) SetDelay(d time.Duration) { p.delay.Store(int64(d)) }

// counts are the provider's counters.
type counts struct{ calls, connections, tokens atomic.Int64 }

// Stats are what the provider has served.
type Stats struct {
	Calls       int64 // requests, tokens included
	Connections int64
	Tokens      int64 // management tokens
}

// Stats returns what the provider has served so far.
func (p *Provider) Stats() Stats {
	return Stats{p.counts.calls.Load(), p.counts.connections.Load(), p.counts.tokens.Load()}
}

// Since returns what was served since earlier.
func (s Stats) Since(earlier Stats) Stats {
	return Stats{s.Calls - earlier.Calls, s.Connections - earlier.Connections, s.Tokens - earlier.Tokens}
}

// Plus returns the sum of both.
func (s Stats) Plus(other Stats) Stats {
	return Stats{s.Calls + other.Calls, s.Connections + other.Connections, s.Tokens + other.Tokens}
}

// Recorded runs do, and returns the calls that the provider got meanwhile.
func (p *Provider) Recorded(ctx context.Context, do func(context.Context) error) ([]Call, error) {
	p.mu.Lock()
	p.record, p.recorded = true, nil
	p.mu.Unlock()
	err := do(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.record = false
	return p.recorded, err
}
