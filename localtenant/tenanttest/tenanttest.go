// Package tenanttest starts local tenants for tests.
package tenanttest

import (
	"crypto/rand"
	"crypto/rsa"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"usher/localtenant"
)

// Server is a tenant that listens on its own port.
type Server struct {
	URL    string // without a trailing slash
	Tenant *localtenant.Tenant
	watch  *watched
}

// sharedKey is made once for all tests of a process: making one takes longer than
// most tests, and no test depends on its being fresh.
var sharedKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// Start starts a tenant and closes it when the test ends.
func Start(tb testing.TB, opts ...func(*localtenant.Options)) *Server {
	tb.Helper()
	key, err := sharedKey()
	if err != nil {
		tb.Fatalf("make a signing key: %v", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("listen: %v", err)
	}
	o := localtenant.Options{
		BaseURL:      "http://" + listener.Addr().String(),
		PasswordCost: bcrypt.MinCost,
		Key:          key,
	}
	for _, opt := range opts {
		opt(&o)
	}
	tenant, err := localtenant.New(o)
	if err != nil {
		tb.Fatalf("make a tenant: %v", err)
	}
	watch := &watched{next: tenant}
	srv := &httptest.Server{Listener: listener, Config: &http.Server{Handler: watch, ConnState: tenant.ConnState}}
	srv.Start()
	tb.Cleanup(func() {
		srv.CloseClientConnections() // a request that hangs would be waited for
		srv.Close()
	})
	return &Server{URL: o.BaseURL, Tenant: tenant, watch: watch}
}
