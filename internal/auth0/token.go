package auth0

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
	"golang.org/x/sync/singleflight"

	"usher/internal/problem"
	"usher/internal/secrets"
	"usher/internal/shared"
)

// earlyRefresh is the time before its expiry at which a token is replaced. So no token
// expires during a request, and a failed fetch can be repeated.
const earlyRefresh = 5 * time.Minute

// tokenCache holds the management token. It fetches the token on demand, once for all
// waiting requests, and never in the background: a Lambda is frozen between invocations.
type tokenCache struct {
	credentials Credentials
	audience    string // "" for the tenant's own
	client      *http.Client
	now         func() time.Time
	log         *slog.Logger
	deadline    time.Duration // for one fetch
	application *application
	flight      singleflight.Group

	mu      sync.Mutex
	cached  managementToken
	refused refusal
}

// refusal records that the provider refused all versions of the secret. For readInterval it
// is returned to all requests, so that many requests do not cause many token requests.
type refusal struct {
	login login
	at    time.Time
	err   error
}

type managementToken struct {
	value  string
	header []string // the value of Authorization; read only
	login  login    // the application, without the secret
	tenant *url.URL // where the token is valid
	expiry time.Time
}

func newManagementToken(t *oauth2.Token, c secrets.Credentials) (managementToken, error) {
	tenant, err := url.Parse(c.BaseURL())
	if err != nil {
		return managementToken{}, misconfigured(errors.New("the domain in the secret is not valid"))
	}
	return managementToken{value: t.AccessToken, header: []string{"Bearer " + t.AccessToken}, login: ownerOf(c), tenant: tenant, expiry: t.Expiry}, nil
}

// ownerOf returns the application whose token the credentials request, without the secret.
func ownerOf(c secrets.Credentials) login {
	return login{domain: c.Domain, id: c.ManagementClientID}
}

// Token returns a management token. Its errors are problems.
func (t *tokenCache) Token(ctx context.Context) (managementToken, error) {
	credentials, err := t.credentials.Current(ctx)
	if err != nil {
		return managementToken{}, err
	}
	cached := t.get(credentials)
	if t.now().Before(cached.expiry.Add(-earlyRefresh)) {
		return cached, nil
	}
	fresh, err := t.fetchOnce(ctx, credentials)
	if err == nil {
		return fresh, nil
	}
	if t.now().Before(cached.expiry) {
		t.log.WarnContext(ctx, "early refresh of the management token failed; it stays in use", "error", err)
		return cached, nil
	}
	return managementToken{}, err
}

// Drop removes a token that the provider refused, and reads the secret again, which may
// name another tenant or application now.
func (t *tokenCache) Drop(ctx context.Context, refused string) error {
	t.mu.Lock()
	held := t.cached.value == refused
	if held {
		t.cached = managementToken{}
	}
	t.mu.Unlock()
	if !held { // another request has already dropped it and read the secret
		return nil
	}
	credentials, err := t.credentials.Current(ctx)
	if err != nil {
		return err
	}
	_, err = t.credentials.Reload(ctx, credentials)
	return err
}

func (t *tokenCache) get(c secrets.Credentials) managementToken {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cached.login != ownerOf(c) {
		return managementToken{}
	}
	return t.cached
}

// fetchOnce lets one request fetch for all waiting ones. The fetch has a separate context,
// so that the end of that request does not end it for the others.
func (t *tokenCache) fetchOnce(ctx context.Context, credentials secrets.Credentials) (managementToken, error) {
	result := t.flight.DoChan(credentials.Domain+" "+credentials.ManagementClientID, func() (any, error) {
		if cached := t.get(credentials); t.now().Before(cached.expiry.Add(-earlyRefresh)) {
			return cached, nil // fetched since the check in Token
		}
		own, cancel := context.WithTimeout(shared.Work(ctx), t.deadline)
		defer cancel()
		return t.fetch(own, credentials)
	})
	select {
	case <-shared.GivenUp(ctx):
		err := fmt.Errorf("wait for a management token: %w", ctx.Err())
		return managementToken{}, problem.ProviderTimeout.Wrap(err, "The identity provider did not answer in time.")
	case r := <-result:
		if r.Err != nil {
			return managementToken{}, r.Err
		}
		return r.Val.(managementToken), nil
	}
}

// fetch requests a token and caches it.
func (t *tokenCache) fetch(ctx context.Context, current secrets.Credentials) (managementToken, error) {
	if err := t.refusedLately(current); err != nil {
		return managementToken{}, err
	}
	token, credentials, err := t.application.ask(ctx, func(c secrets.Credentials) (*oauth2.Token, error) {
		return t.request(ctx, c)
	})
	if err != nil {
		refused := tokenProblem(err, credentials)
		if refusesClient(err) {
			t.mu.Lock()
			defer t.mu.Unlock()
			t.refused = refusal{login: managementLogin(current), at: t.now(), err: refused}
		}
		return managementToken{}, refused
	}
	fresh, err := newManagementToken(token, credentials)
	if err != nil {
		return managementToken{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cached = fresh
	return fresh, nil
}

func (t *tokenCache) refusedLately(c secrets.Credentials) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.refused.login != managementLogin(c) || t.now().Sub(t.refused.at) >= readInterval {
		return nil
	}
	return t.refused.err
}

// request sends a client credentials grant (RFC 6749, section 4.4). AuthStyle is explicit,
// since detecting it could take a second request.
func (t *tokenCache) request(ctx context.Context, c secrets.Credentials) (*oauth2.Token, error) {
	audience := cmp.Or(t.audience, c.BaseURL()+"/api/v2/")
	grant := clientcredentials.Config{
		ClientID:       c.ManagementClientID,
		ClientSecret:   c.ManagementClientSecret,
		TokenURL:       c.BaseURL() + "/oauth/token",
		EndpointParams: map[string][]string{"audience": {audience}},
		AuthStyle:      oauth2.AuthStyleInParams,
	}
	ctx = context.WithValue(repeatable(ctx), oauth2.HTTPClient, t.client)
	token, err := grant.Token(ctx)
	if err != nil {
		return nil, fmt.Errorf("fetch a management token: %w", oauthError(err))
	}
	if token.Expiry.IsZero() { // "expires_in" is only recommended (section 5.1)
		token.Expiry = t.now().Add(2 * earlyRefresh)
	} else { // x/oauth2 counts from the real clock
		token.Expiry = t.now().Add(time.Until(token.Expiry))
	}
	return token, nil
}

// forget removes the record of a refusal, so that the next request asks the provider.
func (t *tokenCache) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.refused = refusal{}
}

// tokenProblem distinguishes a refused secret from a failed provider.
func tokenProblem(err error, c secrets.Credentials) error {
	if failureIn(err).isRefusal() {
		return credentialsRefused(err, c.Domain, "management", c.ManagementClientID)
	}
	return providerProblem(err)
}
