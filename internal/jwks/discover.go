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

// maxHops is the maximum number of redirects.
const maxHops = 3

// Discover returns the key set of an OpenID Connect issuer. It takes the URL of the keys from
// the issuer's configuration (OpenID Connect Discovery 1.0). Nothing is fetched before the
// first use. Discovery is part of a fetch, so the pauses of [Set] apply to both.
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

// discovery caches the URL of an issuer's keys.
type discovery struct {
	issuer string
	client *http.Client
	now    func() time.Time

	mu    sync.Mutex
	url   string
	found time.Time
}

// locate returns the URL of the issuer's keys. It repeats the discovery after maxAge, and
// keeps the previous URL if that fails.
func (d *discovery) locate(ctx context.Context) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.url != "" && d.now().Sub(d.found) < maxAge {
		return d.url, nil
	}
	found, err := d.fetchURL(ctx)
	if err == nil {
		d.url, d.found = found, d.now()
	}
	if d.url == "" {
		return "", fmt.Errorf("find the issuer's keys: %w", err)
	}
	return d.url, nil
}

func (d *discovery) fetchURL(ctx context.Context) (string, error) {
	body, err := get(ctx, d.client, strings.TrimSuffix(d.issuer, "/")+"/.well-known/openid-configuration")
	if err != nil {
		return "", err
	}
	var configuration struct {
		Issuer string `json:"issuer"`
		Keys   string `json:"jwks_uri"`
	}
	if json.Unmarshal(body, &configuration) != nil {
		return "", errors.New("the response is not an issuer's configuration")
	}
	if configuration.Issuer != d.issuer {
		return "", errors.New("the configuration is of another issuer: compare them to the last slash")
	}
	if u, err := url.Parse(configuration.Keys); err != nil || !confidential(u) {
		return "", errors.New("the configuration's jwks_uri is not an https URL")
	}
	return configuration.Keys, nil
}

// confidential reports whether the connection is protected: by https, or because it stays on
// this machine.
func confidential(u *url.URL) bool {
	return u.Scheme == "https" && u.Hostname() != "" || u.Scheme == "http" && loopback.Is(u.Hostname())
}

func stayConfidential(r *http.Request, via []*http.Request) error {
	if len(via) > maxHops || !confidential(r.URL) {
		return errors.New("too many redirects, or a redirect to plain http")
	}
	return nil
}
