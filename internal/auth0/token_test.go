package auth0

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/limits/limitstest"
	"usher/internal/problem"
	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

var ada = limitstest.User("auth0|65e19a100000000000000001")

const tokenRoute = "POST /oauth/token"

// tokenEndpoint is a fake of the provider's, which records its requests.
type tokenEndpoint struct {
	*httptest.Server
	asked  atomic.Int64
	forms  chan url.Values
	status atomic.Int64
	answer atomic.Value  // map[string]any
	hold   chan struct{} // if not nil, the response waits for it
}

func startTokenEndpoint(t *testing.T, answer map[string]any) *tokenEndpoint {
	t.Helper()
	e := &tokenEndpoint{forms: make(chan url.Values, 100)}
	e.status.Store(200)
	e.answer.Store(answer)
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.asked.Add(1)
		if r.URL.Path != "/oauth/token" || r.Header.Get("Authorization") != "" {
			t.Errorf("%s %s with Authorization %q", r.Method, r.URL, r.Header.Get("Authorization"))
		}
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		e.forms <- r.PostForm
		if e.hold != nil {
			<-e.hold
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(int(e.status.Load()))
		_ = json.NewEncoder(w).Encode(e.answer.Load())
	}))
	t.Cleanup(e.Close)
	return e
}

func bearerToken(value string, expiresIn int) map[string]any {
	answer := map[string]any{"access_token": value, "token_type": "Bearer"}
	if expiresIn != 0 {
		answer["expires_in"] = expiresIn
	}
	return answer
}

func wantToken(t *testing.T, c *Client, want string) {
	t.Helper()
	got, err := c.tokens.Token(t.Context())
	if err != nil || got.value != want {
		t.Errorf("the token is %q, %v; want %q", got.value, err, want)
	}
}

func TestTokenRequest(t *testing.T) {
	for name, audience := range map[string]string{"the tenant's own": "", "another": "https://tenant.example.com/api/v2/"} {
		t.Run(name, func(t *testing.T) {
			e := startTokenEndpoint(t, bearerToken("one", 86400))
			c, _ := newClient(holding(credentialsAt(e.URL, "s3cr3t")), newClock(), func(o *Options) { o.ManagementAudience = audience })
			wantToken(t, c, "one")
			wanted := audience
			if wanted == "" {
				wanted = e.URL + "/api/v2/"
			}
			want := url.Values{
				"grant_type":    {"client_credentials"},
				"client_id":     {localtenant.ClientID},
				"client_secret": {"s3cr3t"},
				"audience":      {wanted},
			}
			if diff := cmp.Diff(want, <-e.forms); diff != "" {
				t.Error(diff)
			}
			wantToken(t, c, "one")
			if got := e.asked.Load(); got != 1 {
				t.Errorf("%d token requests", got)
			}
		})
	}
}

func TestTokenRequestIsTheManagementApplications(t *testing.T) {
	e := startTokenEndpoint(t, bearerToken("one", 86400))
	credentials := credentialsAt(e.URL, "of-the-web")
	credentials.ManagementClientID, credentials.ManagementClientSecret = "machine", "of-the-machine"
	c, _ := newClient(holding(credentials), newClock())
	wantToken(t, c, "one")
	if form := <-e.forms; form.Get("client_id") != "machine" || form.Get("client_secret") != "of-the-machine" {
		t.Errorf("%v", form)
	}
}

func TestTokenIsRefreshedEarly(t *testing.T) {
	tests := map[string]struct {
		expiresIn int
		life      time.Duration // until the next request for a token
	}{
		"a day":   {86400, 24*time.Hour - earlyRefresh},
		"an hour": {3600, time.Hour - earlyRefresh},
		"absent":  {0, earlyRefresh},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			e := startTokenEndpoint(t, bearerToken("one", tt.expiresIn))
			clock := newClock()
			c, _ := newClient(holding(credentialsAt(e.URL, "s3cr3t")), clock)
			wantToken(t, c, "one")
			e.answer.Store(bearerToken("two", tt.expiresIn))
			clock.Advance(tt.life - 2*time.Second) // the real clock has moved as well
			wantToken(t, c, "one")
			clock.Advance(2 * time.Second)
			wantToken(t, c, "two")
			if got := e.asked.Load(); got != 2 {
				t.Errorf("%d token requests", got)
			}
		})
	}
}

func TestTokenStaysInUseWhileItIsValid(t *testing.T) {
	e := startTokenEndpoint(t, bearerToken("one", 3600))
	clock := newClock()
	c, log := newClient(holding(credentialsAt(e.URL, "s3cr3t")), clock)
	wantToken(t, c, "one")
	e.status.Store(400)
	clock.Advance(time.Hour - earlyRefresh)
	wantToken(t, c, "one")
	if !strings.Contains(log.String(), "level=WARN") || strings.Contains(log.String(), "s3cr3t") {
		t.Errorf("the log says %q", log)
	}
	clock.Advance(earlyRefresh)
	_, err := c.tokens.Token(t.Context())
	wantKind(t, err, problem.ServiceMisconfigured, "the provider answered 400")
}

func TestTokenOfAnotherTenantOrApplicationIsNotUsed(t *testing.T) {
	first, second := startTokenEndpoint(t, bearerToken("one", 3600)), startTokenEndpoint(t, bearerToken("two", 3600))
	s := holding(credentialsAt(first.URL, "s3cr3t"))
	c, _ := newClient(s, newClock())
	wantToken(t, c, "one")
	s.current.Domain = second.URL
	wantToken(t, c, "two")
	second.answer.Store(bearerToken("three", 3600))
	s.current.ManagementClientID = "machine"
	wantToken(t, c, "three")
	s.current.ClientID, s.current.ClientSecret, s.current.ManagementClientSecret = "web", "other", "rotated"
	wantToken(t, c, "three") // a token stays valid after a rotation of the secret
}

func TestTokenFailures(t *testing.T) {
	tests := map[string]struct {
		status int
		kind   problem.Kind
		says   string
		keep   bool // for readInterval
	}{
		"refused":      {401, problem.ServiceMisconfigured, `refused the client credentials of the management application "usher-local"`, true},
		"forbidden":    {403, problem.ServiceMisconfigured, `refused the client credentials of the management application "usher-local"`, true},
		"bad request":  {400, problem.ServiceMisconfigured, `refused the client credentials of the management application "usher-local"`, false},
		"unavailable":  {503, problem.ProviderUnavailable, "503", false},
		"a 200 error":  {200, problem.ProviderFailed, "access_denied", false},
		"rate limited": {429, problem.TooManyRequests, "429", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			e := startTokenEndpoint(t, map[string]any{"error": "access_denied", "error_description": "PROVIDERS-OWN-WORDS"})
			e.status.Store(int64(tt.status))
			clock := newClock()
			c, _ := newClient(holding(credentialsAt(e.URL, "s3cr3t")), clock)
			_, err := c.tokens.Token(t.Context())
			wantKind(t, err, tt.kind, tt.says)
			for _, hidden := range []string{"PROVIDERS-OWN-WORDS", "s3cr3t"} {
				if strings.Contains(err.Error(), hidden) {
					t.Errorf("%q contains %q", err, hidden)
				}
			}
			e.status.Store(200)
			e.answer.Store(bearerToken("one", 3600))
			if tt.keep {
				clock.Advance(readInterval - 1)
				_, err := c.tokens.Token(t.Context())
				wantKind(t, err, tt.kind, tt.says)
				clock.Advance(1)
			}
			wantToken(t, c, "one") // other failures are not cached
		})
	}
}

func TestTokenOutlivesTheFirstCaller(t *testing.T) {
	e := startTokenEndpoint(t, bearerToken("one", 3600))
	e.hold = make(chan struct{})
	c, _ := newClient(holding(credentialsAt(e.URL, "s3cr3t")), newClock())
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	first := make(chan error)
	go func() {
		_, err := c.tokens.Token(ctx)
		first <- err
	}()
	<-e.forms // the request has arrived
	wg.Go(func() { wantToken(t, c, "one") })
	cancel()
	wantKind(t, <-first, problem.ProviderTimeout, "wait for a management token")
	close(e.hold)
	wg.Wait()
	if got := e.asked.Load(); got != 1 {
		t.Errorf("%d token requests", got)
	}
}

func TestCredentialProblemsPassThrough(t *testing.T) {
	s := holding(credentialsAt("http://127.0.0.1:1", "s3cr3t"))
	s.err = problem.ServiceMisconfigured.New("No.")
	c, _ := newClient(s, newClock())
	calls := map[string]func() error{
		"token":  func() error { _, err := c.tokens.Token(t.Context()); return err },
		"user":   func() error { _, err := c.Users().User(t.Context(), ada); return err },
		"delete": func() error { return c.Users().Delete(t.Context(), ada) },
		"issuer": func() error { _, err := c.SignIn().Issuer(t.Context()); return err },
	}
	for name, call := range calls {
		if err := call(); !problem.Is(err, problem.ServiceMisconfigured) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The following tests use the local tenant and the whole client.

func TestRefusedTokenIsReplacedOnce(t *testing.T) {
	tenant := tenanttest.Start(t)
	s := holding(credentialsAt(tenant.URL, localtenant.ClientSecret))
	c, _ := newClient(s, newClock())
	get := func() error { _, err := c.Users().User(t.Context(), ada); return err }
	if err := get(); err != nil {
		t.Fatal(err)
	}
	tenant.Tenant.ResetStats()
	tenant.Tenant.RevokeManagementTokens()
	if err := get(); err != nil {
		t.Fatal(err)
	}
	if stats := tenant.Tenant.Stats(); stats.Requests != 3 || stats.Tokens != 1 || s.reloads != 1 {
		t.Errorf("%+v, and %d reloads", stats, s.reloads)
	}

	tenant.Tenant.ResetStats()
	tenant.Tenant.Fail(localtenant.Fault{Route: "GET /api/v2/users/{id}", Status: 401})
	wantKind(t, get(), problem.ServiceMisconfigured, "refused the management token")
	if stats := tenant.Tenant.Stats(); stats.Routes["GET /api/v2/users/{id}"] != 2 || stats.Tokens != 1 || s.reloads != 2 {
		t.Errorf("always refused: %+v, and %d reloads", stats, s.reloads)
	}
}

func TestRotatedSecretIsPickedUp(t *testing.T) {
	for name, warm := range map[string]bool{"a cold instance with the old secret": false, "a warm instance": true} {
		t.Run(name, func(t *testing.T) {
			tenant := tenanttest.Start(t)
			s := holding(credentialsAt(tenant.URL, localtenant.ClientSecret))
			c, _ := newClient(s, newClock())
			if warm {
				if _, err := c.Users().User(t.Context(), ada); err != nil {
					t.Fatal(err)
				}
			}
			tenant.Tenant.SetClientSecret("rotated")
			tenant.Tenant.RevokeManagementTokens()
			s.stored = credentialsAt(tenant.URL, "rotated")
			if _, err := c.Users().User(t.Context(), ada); err != nil {
				t.Fatal(err)
			}
			if s.reloads+s.looks != 1 {
				t.Errorf("%d reloads and %d searches", s.reloads, s.looks)
			}
		})
	}
	t.Run("rotated only at the tenant", func(t *testing.T) {
		tenant := tenanttest.Start(t)
		s := holding(credentialsAt(tenant.URL, localtenant.ClientSecret))
		c, _ := newClient(s, newClock())
		tenant.Tenant.SetClientSecret("rotated")
		_, err := c.Users().User(t.Context(), ada)
		wantKind(t, err, problem.ServiceMisconfigured, "refused the client credentials")
		if stats := tenant.Tenant.Stats(); stats.Requests != 1 || s.looks != 1 {
			t.Errorf("%+v, and %d searches", stats, s.looks)
		}
	})
}

func TestReloadThatFailsAfterARefusedToken(t *testing.T) {
	tenant := tenanttest.Start(t)
	s := holding(credentialsAt(tenant.URL, localtenant.ClientSecret))
	c, _ := newClient(s, newClock())
	if _, err := c.Users().User(t.Context(), ada); err != nil {
		t.Fatal(err)
	}
	tenant.Tenant.RevokeManagementTokens()
	s.reloadErr = problem.ServiceUnavailable.New("Not now.")
	_, err := c.Users().User(t.Context(), ada)
	wantKind(t, err, problem.ServiceUnavailable, "Not now.")
}

func TestDropForgetsOnlyTheRefusedToken(t *testing.T) {
	e := startTokenEndpoint(t, bearerToken("one", 3600))
	s := holding(credentialsAt(e.URL, "s3cr3t"))
	c, _ := newClient(s, newClock())
	wantToken(t, c, "one")
	if err := c.tokens.Drop(t.Context(), "an older one"); err != nil || s.reloads != 0 {
		t.Errorf("%v, %d reloads", err, s.reloads)
	}
	wantToken(t, c, "one")
	e.answer.Store(bearerToken("two", 3600))
	if err := c.tokens.Drop(t.Context(), "one"); err != nil || s.reloads != 1 {
		t.Errorf("%v, %d reloads", err, s.reloads)
	}
	wantToken(t, c, "two")
}

func TestNoRedirectIsFollowed(t *testing.T) {
	var elsewhere atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer other.Close()
	for _, route := range []string{tokenRoute, "GET /api/v2/users/{id}"} {
		for _, status := range []int{301, 302, 307, 308} {
			tenant := tenanttest.Start(t)
			tenant.Tenant.Fail(localtenant.Fault{Route: route, Status: status, Header: http.Header{"Location": {other.URL + "/"}}})
			c, _ := newClient(holding(credentialsAt(tenant.URL, localtenant.ClientSecret)), newClock())
			if _, err := c.Users().User(t.Context(), ada); !problem.Is(err, problem.ProviderFailed) {
				t.Errorf("%s %d: %v", route, status, err)
			}
		}
	}
	if elsewhere.Load() != 0 {
		t.Errorf("%d requests went elsewhere", elsewhere.Load())
	}
}

func TestObserveGetsEveryRequest(t *testing.T) {
	tenant := tenanttest.Start(t)
	var all, retries, tokens int
	var calls []Call
	c, _ := newClient(holding(credentialsAt(tenant.URL, localtenant.ClientSecret)), newClock(), func(o *Options) {
		o.Observe = func(_ context.Context, c Call) {
			calls = append(calls, c)
			all++
			if c.Retry {
				retries++
			}
			if c.Token {
				tokens++
			}
		}
	})
	tenant.Tenant.Fail(localtenant.Fault{Route: "GET /api/v2/users/{id}", Status: 500, Times: 1})
	if _, err := c.Users().User(t.Context(), ada); err != nil {
		t.Fatal(err)
	}
	if all != 3 || retries != 1 || tokens != 1 {
		t.Errorf("%d requests, %d retries and %d tokens, want 3, 1 and 1", all, retries, tokens)
	}
	for i, want := range []int{200, 500, 200} {
		if got := calls[i]; got.Status != want || got.Took <= 0 || got.Left != -1 || got.Refused {
			t.Errorf("call %d is %+v", i, got)
		}
	}
}
