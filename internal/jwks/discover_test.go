package jwks_test

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"usher/internal/jwks"
)

// discovered is an issuer whose keys are to be found by its configuration.
type discovered struct {
	*issuer
	base string

	mu       sync.Mutex
	lookups  int
	status   int
	says     map[string]any
	redirect string
}

func discover(t *testing.T, keys ...jose.JSONWebKey) *discovered {
	t.Helper()
	d := &discovered{issuer: newIssuer(t, keys...), status: http.StatusOK}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /tenant/.well-known/openid-configuration", d.configuration)
	mux.Handle("GET /tenant/keys", d.issuer)
	mux.HandleFunc("GET /elsewhere", func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(d.says) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	d.base = server.URL
	d.says = map[string]any{"issuer": server.URL + "/tenant/", "jwks_uri": server.URL + "/tenant/keys"}
	// It answers by another name, too: what is refused there is so for the name.
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		if addr == "keys.example:80" {
			addr = server.Listener.Addr().String()
		}
		return new(net.Dialer).DialContext(ctx, network, addr)
	}
	set, err := jwks.Discover(server.URL+"/tenant/", &http.Client{Transport: &http.Transport{DialContext: dial}}, d.clock)
	if err != nil {
		t.Fatal(err)
	}
	d.set = set
	return d
}

func (d *discovered) configuration(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lookups++
	if d.redirect != "" {
		http.Redirect(w, r, d.redirect, http.StatusFound)
		return
	}
	w.WriteHeader(d.status)
	_ = json.NewEncoder(w).Encode(d.says)
}

func (d *discovered) configure(status int, issuer, keys string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.status, d.says = status, map[string]any{"issuer": issuer, "jwks_uri": keys}
}

func (d *discovered) lookedUp(want int) {
	d.t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lookups != want {
		d.t.Errorf("%d looks at the configuration, want %d", d.lookups, want)
	}
}

func TestAnIssuersKeysAreFound(t *testing.T) {
	key := newKey(t, "key")
	d := discover(t, key)
	good := token(t, key, jose.ES256)
	d.lookedUp(0)
	d.verify(good, nil)
	d.verify(token(t, newKey(t, "strange"), jose.ES256), jwks.ErrUnknownKey)
	d.later(jwks.Pause)
	d.verify(token(t, newKey(t, "strange"), jose.ES256), jwks.ErrUnknownKey)
	d.lookedUp(1) // what was found is remembered
	d.fetched(2)
}

// However many tokens come at once, a look at the issuer is one of each.
func TestAFloodCausesOneRound(t *testing.T) {
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
		d.lookedUp(1)
		d.fetched(round + 1)
		d.later(jwks.Pause)
	}
}

// An issuer may move its keys; where it cannot be asked, they stay where they were.
func TestKeysThatMoveAreFollowed(t *testing.T) {
	first, second := newKey(t, "first"), newKey(t, "second")
	d := discover(t, first)
	d.verify(token(t, first, jose.ES256), nil)
	d.configure(http.StatusServiceUnavailable, "", "")
	d.publish(second)
	d.later(time.Hour)
	d.verify(token(t, second, jose.ES256), nil)
	d.lookedUp(2)

	moved := newIssuer(t, first)
	server := httptest.NewServer(moved)
	t.Cleanup(server.Close)
	d.configure(http.StatusOK, d.base+"/tenant/", server.URL)
	d.later(time.Hour)
	d.verify(token(t, second, jose.ES256), jwks.ErrUnknownKey)
	d.verify(token(t, first, jose.ES256), nil)
	d.lookedUp(3)
}

// What an issuer's configuration may not say.
func TestAConfigurationIsRefused(t *testing.T) {
	key := newKey(t, "key")
	good := token(t, key, jose.ES256)
	tests := map[string]func(d *discovered){
		"another issuer":               func(d *discovered) { d.configure(200, "https://else.example/", d.base+"/tenant/keys") },
		"without the slash":            func(d *discovered) { d.configure(200, d.base+"/tenant", d.base+"/tenant/keys") },
		"no issuer":                    func(d *discovered) { d.configure(200, "", d.base+"/tenant/keys") },
		"keys by http":                 func(d *discovered) { d.configure(200, d.base+"/tenant/", "http://keys.example/tenant/keys") },
		"keys in a file":               func(d *discovered) { d.configure(200, d.base+"/tenant/", "file:///etc/passwd") },
		"no keys":                      func(d *discovered) { d.configure(200, d.base+"/tenant/", "") },
		"a failure":                    func(d *discovered) { d.configure(503, d.base+"/tenant/", d.base+"/tenant/keys") },
		"a redirect to http elsewhere": func(d *discovered) { d.redirect = "http://keys.example/elsewhere" },
		"a redirect without an end":    func(d *discovered) { d.redirect = "/tenant/.well-known/openid-configuration" },
	}
	for name, breaks := range tests {
		t.Run(name, func(t *testing.T) {
			d := discover(t, key)
			breaks(d)
			for range 100 {
				d.verify(good, errFetch)
			}
			d.fetched(0)
			if d.redirect == "" {
				d.lookedUp(1)
			}
			d.redirect = ""
			d.configure(200, d.base+"/tenant/", d.base+"/tenant/keys")
			d.later(time.Second)
			d.verify(good, nil)
		})
	}
}

// A redirect on a safe way is followed.
func TestARedirectIsFollowed(t *testing.T) {
	key := newKey(t, "key")
	d := discover(t, key)
	d.redirect = "/elsewhere"
	d.verify(token(t, key, jose.ES256), nil)
}

func TestDiscoverRefusesAnIssuer(t *testing.T) {
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
	if err := set.Ready(t.Context()); !errors.As(err, new(*jwks.FetchError)) || !strings.Contains(err.Error(), "find the issuer's keys") {
		t.Errorf("%v", err)
	}
}
