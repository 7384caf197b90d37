package jwks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"usher/internal/loopback"
)

// maxHops is how often an answer may send on to another address.
const maxHops = 3

// Discover returns the key set of an OpenID Connect issuer, which its
// configuration names (OpenID Connect Discovery 1.0). Nothing is fetched before
// the first use. Finding the set and fetching it are one look at the issuer: the
// pauses between looks are the same as for a set whose place is known.
func Discover(issuer string, client *http.Client, now func() time.Time) (*Set, error) {
	u, err := url.Parse(issuer)
	if err != nil || u.User != nil || u.RawQuery != "" || strings.ContainsAny(issuer, "?#") || !confidential(u) {
		return nil, fmt.Errorf("the issuer %q is not an https URL without query and fragment", issuer)
	}
	own := *client
	own.CheckRedirect = stayConfidential
	d := &discovery{issuer: issuer, client: &own, now: now}
	return &Set{Timeout: usualTimeout, locate: d.locate, client: &own, now: now}, nil
}

// discovery remembers where an issuer's keys are.
type discovery struct {
	issuer string
	client *http.Client
	now    func() time.Time

	mu    sync.Mutex
	url   string
	found time.Time
}

// locate returns the address of the issuer's keys. It is asked for again after
// an hour; what was found before serves on where that fails.
func (d *discovery) locate(ctx context.Context) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.url != "" && d.now().Sub(d.found) < maxAge {
		return d.url, nil
	}
	found, err := d.ask(ctx)
	if err == nil {
		d.url, d.found = found, d.now()
	}
	if d.url == "" {
		return "", fmt.Errorf("find the issuer's keys: %w", err)
	}
	return d.url, nil
}

func (d *discovery) ask(ctx context.Context) (string, error) {
	body, err := get(ctx, d.client, strings.TrimSuffix(d.issuer, "/")+"/.well-known/openid-configuration")
	if err != nil {
		return "", err
	}
	var said struct {
		Issuer string `json:"issuer"`
		Keys   string `json:"jwks_uri"`
	}
	if json.Unmarshal(body, &said) != nil {
		return "", errors.New("the answer is not an issuer's configuration")
	}
	if said.Issuer != d.issuer {
		return "", errors.New("the configuration is of another issuer: compare them to the last slash")
	}
	if u, err := url.Parse(said.Keys); err != nil || !confidential(u) {
		return "", errors.New("the configuration's jwks_uri is not an https URL")
	}
	return said.Keys, nil
}

// confidential reports whether nobody on the way can change what is there: https,
// or this very machine.
func confidential(u *url.URL) bool {
	return u.Scheme == "https" && u.Hostname() != "" || u.Scheme == "http" && loopback.Is(u.Hostname())
}

func stayConfidential(r *http.Request, via []*http.Request) error {
	if len(via) > maxHops || !confidential(r.URL) {
		return errors.New("the answer leads elsewhere")
	}
	return nil
}
