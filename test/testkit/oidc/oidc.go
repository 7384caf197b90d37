// Package oidc plays an OpenID Connect issuer for tests, and signs tokens.
package oidc

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// Issuer is an issuer that listens on loopback.
type Issuer struct {
	URL           string // with a slash at the end
	Configuration *Page
	Keys          *Page
	Mux           *http.ServeMux // for the routes that a test adds
	Server        *httptest.Server
}

// Start starts an issuer at a path that ends with a slash, with a set of keys.
func Start(t testing.TB, path string, keys any) *Issuer {
	t.Helper()
	i := &Issuer{Mux: http.NewServeMux(), Configuration: &Page{}, Keys: &Page{}}
	i.Mux.Handle("GET "+path+".well-known/openid-configuration", i.Configuration)
	i.Mux.Handle("GET "+path+".well-known/jwks.json", i.Keys)
	i.Server = httptest.NewServer(i.Mux)
	t.Cleanup(i.Server.Close)
	i.URL = i.Server.URL + path
	i.Configure(http.StatusOK, i.URL, i.KeysURL())
	i.Keys.Answer(http.StatusOK, keys)
	return i
}

// KeysURL is the URL of the key set.
func (i *Issuer) KeysURL() string { return i.URL + ".well-known/jwks.json" }

// Configure sets the answer about an issuer and the place of its keys.
func (i *Issuer) Configure(status int, issuer, keys string) {
	i.Configuration.Answer(status, map[string]string{"issuer": issuer, "jwks_uri": keys})
}

// Page is a page of an issuer, which counts its requests.
type Page struct {
	mu      sync.Mutex
	status  int
	body    any
	down    bool
	hold    chan struct{}
	fetches int
}

// ServeHTTP implements http.Handler.
func (p *Page) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	p.fetches++
	status, body, hold := p.status, p.body, p.hold
	if p.down {
		status = http.StatusServiceUnavailable
	}
	p.mu.Unlock()
	if hold != nil {
		<-hold
	}
	if status == http.StatusFound {
		w.Header().Set("Location", body.(string))
	}
	w.WriteHeader(status)
	if text, ok := body.(string); ok {
		_, _ = w.Write([]byte(text))
		return
	}
	_ = json.NewEncoder(w).Encode(body)
}

// Answer sets the answer: a text as it is, the Location of a redirect, or JSON.
func (p *Page) Answer(status int, body any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.status, p.body = status, body
}

// Down makes the page answer with 503, or as before.
func (p *Page) Down(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}

// Hold makes the answers wait until the returned function is called.
func (p *Page) Hold() (release func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hold = make(chan struct{})
	return sync.OnceFunc(func() { close(p.hold) })
}

// Fetched compares the number of requests.
func (p *Page) Fetched(t testing.TB, want int) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fetches != want {
		t.Errorf("%d fetches, want %d", p.fetches, want)
	}
}
