package usher

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// TokenSource is the application that gets the console's bearer tokens, with the grant
// client_credentials.
type TokenSource struct {
	URL, ClientID, ClientSecret, Audience string
	Now                                   func() time.Time
}

// early is the time before its expiry at which a token is replaced.
const early = time.Minute

// tokens keeps one token until it expires, because most plans count tokens.
type tokens struct {
	source TokenSource
	http   *http.Client
	fetch  singleflight.Group // one for all requests that need a token

	mu    sync.Mutex
	token string
	until time.Time
}

// WithTokens makes the client send bearer tokens of the source.
func (c *Client) WithTokens(source TokenSource) *Client {
	kept := &tokens{source: source, http: c.http}
	c.authorize, c.renew = kept.authorize, kept.drop
	return c
}

func (t *tokens) authorize(r *http.Request, _ []byte) error {
	token, err := t.get(r.Context())
	if err == nil {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return err
}

func (t *tokens) drop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.token = ""
}

// get returns a token, or fails when ctx ends. The fetch then goes on for the others.
func (t *tokens) get(ctx context.Context) (string, error) {
	if token := t.current(); token != "" {
		return token, nil
	}
	work := context.WithoutCancel(ctx)
	select {
	case fetched := <-t.fetch.DoChan("", func() (any, error) { return t.fetched(work) }):
		token, _ := fetched.Val.(string)
		return token, fetched.Err
	case <-ctx.Done():
		return "", fmt.Errorf("get a token: %w", ctx.Err())
	}
}

// current returns the token; "" if a new one is needed.
func (t *tokens) current() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.source.Now().Before(t.until) {
		return t.token
	}
	return ""
}

func (t *tokens) fetched(ctx context.Context) (string, error) {
	if token := t.current(); token != "" {
		return token, nil // another fetch has just ended
	}
	token, lifetime, err := t.request(ctx)
	if err != nil {
		return "", err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.token, t.until = token, t.source.Now().Add(lifetime-early)
	return token, nil
}

// request requests a token. The client's timeout bounds it.
func (t *tokens) request(ctx context.Context) (string, time.Duration, error) {
	form := url.Values{
		"grant_type": {"client_credentials"}, "audience": {t.source.Audience},
		"client_id": {t.source.ClientID}, "client_secret": {t.source.ClientSecret},
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, t.source.URL, strings.NewReader(form.Encode()))
	if err != nil {
		return "", 0, fmt.Errorf("get a token: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := t.http.Do(r)
	if err != nil {
		return "", 0, fmt.Errorf("get a token: %w", err)
	}
	defer resp.Body.Close()
	var out struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int    `json:"expires_in"`
	}
	if resp.StatusCode != http.StatusOK {
		return "", 0, fmt.Errorf("get a token: the issuer answered %d", resp.StatusCode)
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 64<<10)).Decode(&out); err != nil || out.AccessToken == "" {
		return "", 0, errors.New("get a token: the issuer's response has no token")
	}
	return out.AccessToken, time.Duration(out.ExpiresIn) * time.Second, nil
}
