// Package console makes the console for the help desk. It imports none of the service's packages:
// it is a front-end like any other, and calls the public API.
package console

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"usher/cmd/internal/console/policy"
	"usher/cmd/internal/console/usher"
	"usher/cmd/internal/console/web"
)

// Options configures a console.
type Options struct {
	URL        string // its own address, as browsers know it
	Usher      *usher.Client
	Policy     policy.Policy
	WithoutMFA bool // on loopback only
	Now        func() time.Time
	Log        *slog.Logger
}

// New returns a console's handler.
func New(o Options) (http.Handler, error) {
	own, err := ownAddress(o.URL)
	if err != nil {
		return nil, err
	}
	if o.WithoutMFA && !IsLoopback(own) {
		return nil, errors.New("a console without a second factor must be on loopback")
	}
	return web.New(web.Options{Usher: o.Usher, Policy: o.Policy, URL: own, WithoutMFA: o.WithoutMFA, Now: o.Now, Log: o.Log})
}

// ReadPolicy reads a policy file.
func ReadPolicy(file string) (policy.Policy, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return policy.Policy{}, fmt.Errorf("read the policy: %w", err)
	}
	p, err := policy.Parse(text)
	if err != nil {
		return policy.Policy{}, fmt.Errorf("%s:\n%w", file, err)
	}
	return p, nil
}

// ownAddress checks the console's own address, and returns it without a slash at its end.
func ownAddress(address string) (string, error) {
	own := strings.TrimSuffix(address, "/")
	u, err := url.Parse(own)
	if err != nil || u.Host == "" || u.User != nil || own != u.Scheme+"://"+u.Host || own != strings.ToLower(own) {
		return "", fmt.Errorf("the console's address %q must consist of a scheme and a host in lower case", address)
	}
	if u.Scheme == "https" && u.Port() == "443" || u.Scheme == "http" && u.Port() == "80" {
		return "", fmt.Errorf("the console's address %q must not name the default port, which browsers leave out", address)
	}
	if u.Scheme != "https" && !IsLoopback(own) {
		return "", fmt.Errorf("the console's address %q must begin with https:// unless it is on this machine", address)
	}
	return own, nil
}

// IsLoopback reports whether an address is http on this machine.
func IsLoopback(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}
