package jwks_test

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"usher/internal/jwks"
	"usher/test/testkit"
)

// discover creates an issuer and a set that discovers its keys.
func discover(t *testing.T, keys ...jose.JSONWebKey) *issuer {
	t.Helper()
	d := newIssuer(t, keys...)
	d.Mux.HandleFunc("GET /elsewhere", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]string{"issuer": d.URL, "jwks_uri": d.KeysURL()})
	})
	// The server also responds under another name, so that only the name can cause a refusal.
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		if addr == "keys.example:80" {
			addr = d.Server.Listener.Addr().String()
		}
		return new(net.Dialer).DialContext(ctx, network, addr)
	}
	set, err := jwks.Discover(d.URL, &http.Client{Transport: &http.Transport{DialContext: dial}}, d.Now)
	if err != nil {
		t.Fatal(err)
	}
	set.Timeout = testkit.Patience
	d.set = set
	return d
}

func TestDiscoverFindsKeys(t *testing.T) {
	key := newKey(t, "key")
	d := discover(t, key)
	good := token(t, key, jose.ES256)
	d.Configuration.Fetched(t, 0)
	d.verify(good, nil)
	d.verify(token(t, newKey(t, "strange"), jose.ES256), jwks.ErrUnknownKey)
	d.Advance(jwks.Pause)
	d.verify(token(t, newKey(t, "strange"), jose.ES256), jwks.ErrUnknownKey)
	d.Configuration.Fetched(t, 1) // the URL is cached
	d.Keys.Fetched(t, 2)
}

// Concurrent tokens cause one discovery and one fetch.
func TestConcurrentTokensCauseOneDiscovery(t *testing.T) {
	key := newKey(t, "key")
	d := discover(t, key)
	good, strange := token(t, key, jose.ES256), token(t, newKey(t, "strange"), jose.ES256)
	for round := range 3 {
		var all sync.WaitGroup
		for range 1000 {
			all.Go(func() {
				d.verify(strange, jwks.ErrUnknownKey)
				d.verify(good, nil)
			})
		}
		all.Wait()
		d.Configuration.Fetched(t, 1)
		d.Keys.Fetched(t, round+1)
		d.Advance(jwks.Pause)
	}
}

// If the URL of the keys changes, it is discovered again. If that fails, the old URL is used.
func TestMovedKeysAreFound(t *testing.T) {
	first, second := newKey(t, "first"), newKey(t, "second")
	d := discover(t, first)
	d.verify(token(t, first, jose.ES256), nil)
	d.Configure(http.StatusServiceUnavailable, "", "")
	d.publish(second)
	d.Advance(time.Hour)
	d.verify(token(t, second, jose.ES256), nil)
	d.Configuration.Fetched(t, 2)

	d.Configure(http.StatusOK, d.URL, newIssuer(t, first).KeysURL())
	d.Advance(time.Hour)
	d.verify(token(t, second, jose.ES256), jwks.ErrUnknownKey)
	d.verify(token(t, first, jose.ES256), nil)
	d.Configuration.Fetched(t, 3)
}

// Invalid configurations are refused.
func TestInvalidConfigurations(t *testing.T) {
	key := newKey(t, "key")
	good := token(t, key, jose.ES256)
	tests := map[string]struct {
		breaks func(d *issuer)
		looks  int
	}{
		"another issuer":               {func(d *issuer) { d.Configure(200, "https://else.example/", d.KeysURL()) }, 1},
		"an issuer without the slash":  {func(d *issuer) { d.Configure(200, strings.TrimSuffix(d.URL, "/"), d.KeysURL()) }, 1},
		"no issuer":                    {func(d *issuer) { d.Configure(200, "", d.KeysURL()) }, 1},
		"keys at an http URL":          {func(d *issuer) { d.Configure(200, d.URL, "http://keys.example/tenant/.well-known/jwks.json") }, 1},
		"keys at a file URL":           {func(d *issuer) { d.Configure(200, d.URL, "file:///etc/passwd") }, 1},
		"no keys":                      {func(d *issuer) { d.Configure(200, d.URL, "") }, 1},
		"a failure":                    {func(d *issuer) { d.Configure(503, d.URL, d.KeysURL()) }, 1},
		"a redirect to http elsewhere": {func(d *issuer) { d.Configuration.Answer(http.StatusFound, "http://keys.example/elsewhere") }, 1},
		"an endless redirect":          {func(d *issuer) { d.Configuration.Answer(http.StatusFound, d.URL+".well-known/openid-configuration") }, 4}, // three redirects
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := discover(t, key)
			tt.breaks(d)
			for range 100 {
				d.verify(good, errFetch)
			}
			d.Keys.Fetched(t, 0)
			d.Configuration.Fetched(t, tt.looks)
			d.Configure(200, d.URL, d.KeysURL())
			d.Advance(time.Second)
			d.verify(good, nil)
		})
	}
}

// A redirect to a confidential URL is followed.
func TestRedirectIsFollowed(t *testing.T) {
	key := newKey(t, "key")
	d := discover(t, key)
	d.Configuration.Answer(http.StatusFound, "/elsewhere")
	d.verify(token(t, key, jose.ES256), nil)
}

func TestDiscoverValidatesTheIssuer(t *testing.T) {
	for issuer, ok := range map[string]bool{
		"https://tenant.example/": true, "https://tenant.example/a/b": true, "http://127.0.0.1:3001/": true, "http://localhost/": true, "http://[::1]:1/": true,
		"": false, "tenant.example": false, "http://tenant.example/": false, "http://127.0.0.1.example/": false, "ftp://tenant.example/": false, "https://": false,
		"https://tenant.example/?a=b": false, "https://tenant.example/?": false, "https://tenant.example/#a": false, "https://a:b@tenant.example/": false, "https://tenant.example/%zz": false,
	} {
		set, err := jwks.Discover(issuer, http.DefaultClient, time.Now)
		if (err == nil) != ok || (set != nil) != ok {
			t.Errorf("%q: %v", issuer, err)
		}
	}
	set, err := jwks.Discover("http://localhost:1/", &http.Client{}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := set.Ready(t.Context()); !isFetch(err) || !strings.Contains(err.Error(), "find the issuer's keys") {
		t.Errorf("%v", err)
	}
}
