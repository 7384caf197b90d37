package rotation

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"usher/internal/boot"
	"usher/internal/config"
	"usher/internal/rotation"
	"usher/internal/secrets"
	"usher/internal/secrets/secretstest"
	"usher/localtenant"
	"usher/localtenant/tenanttest"
	"usher/operations"
	"usher/test/testkit"
)

const (
	ada      = "auth0%7C65e19a100000000000000001"
	callback = "http://127.0.0.1:3000/callback"
	machine  = "the-machine"
)

// service is the whole of it.
type service struct {
	t            *testing.T
	clock        *testkit.Clock
	tenant       *tenanttest.Server
	vault        *secretstest.Server
	containers   []container
	rotator      *boot.Service
	people       []*http.Client // each with a session at the provider
	refreshToken string
	log          testkit.Buffer
	second       atomic.Int64
	sent, failed atomic.Int64
}

// container is one, as of a Lambda, with its own caches.
type container struct{ http.Handler }

func (c container) call(method, target, body string, cookies []*http.Cookie) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	} else {
		r.Body = http.NoBody
	}
	for _, c := range cookies {
		r.AddCookie(c)
	}
	out := httptest.NewRecorder()
	c.ServeHTTP(out, r)
	return out
}

func start(t *testing.T, nodes localtenant.Nodes, applications int) *service {
	t.Helper()
	s := &service{t: t, clock: testkit.NewClock(time.Now())}
	s.tenant = tenanttest.Start(t, func(o *localtenant.Options) { o.Now = s.clock.Now })
	if err := s.tenant.Tenant.Configure(func(c *localtenant.Settings) {
		c.SecretLag, c.SecretNodes = localtenant.Duration(lag), nodes
		c.Application.ManagerTokenLifetime = localtenant.Duration(tokenLed) // so that each container asks every second
	}); err != nil {
		t.Fatal(err)
	}
	secret := map[string]string{"domain": s.tenant.URL, "client_id": localtenant.ClientID, "client_secret": localtenant.ClientSecret}
	if applications == 2 {
		s.tenant.Tenant.AddApplication(machine, "the-machines-secret", s.tenant.Tenant.Settings().Application)
		secret["management_client_id"], secret["management_client_secret"] = machine, "the-machines-secret"
	}
	text, err := json.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	s.vault = secretstest.Start(t, string(text), s.clock.Now)
	for range containers {
		s.containers = append(s.containers, container{s.handler()})
	}
	s.rotator = s.env()
	s.meet(t)
	s.tenant.Tenant.ResetStats()
	s.sent.Store(0)
	return s
}

func (s *service) logger() *slog.Logger { return slog.New(slog.NewJSONHandler(&s.log, nil)) }

// handler is a new container's.
func (s *service) handler() http.Handler { return operations.Handler(s.env(), s.logger()) }

// env is what a container makes of its environment when it starts.
func (s *service) env() *boot.Service { return s.envOf("usher/auth") }

func (s *service) envOf(secretID string) *boot.Service {
	cfg := config.Config{
		SecretID: secretID, SecretTTL: 5 * time.Minute, Connection: localtenant.Connection,
		RedirectURIs: []string{callback}, Scopes: strings.Fields(config.DefaultScopes), Binding: config.BindingCookie, Deadline: testkit.Patience,
	}
	credentials := secrets.NewManager(secrets.Options{SecretID: cfg.SecretID, TTL: cfg.SecretTTL, Timeout: testkit.Patience, Log: s.logger(), Now: s.clock.Now})
	return boot.New(cfg, credentials, s.logger(), s.clock.Now)
}

func (s *service) rotationOptions(st *steps) rotation.Options {
	return rotation.Options{Secrets: s.rotator.SecretIDs(), Vault: secrets.NewVault(), Provider: s.rotator.Auth0().Applications(), Pause: func(context.Context, time.Duration) error {
		st.arrived <- struct{}{}
		<-st.next
		return nil
	}}
}

func parse(t *testing.T, text string) secrets.Credentials {
	t.Helper()
	c, err := secrets.Parse(text, false)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// ask sends a request that must succeed.
func (s *service) ask(i int, method, target, body string, cookies []*http.Cookie, want int) *httptest.ResponseRecorder {
	got := s.containers[i%len(s.containers)].call(method, target, body, cookies)
	s.sent.Add(1)
	if got.Code != want {
		if s.failed.Add(1) <= 5 {
			s.t.Errorf("second %d: %s %.40s: %d %s", s.second.Load(), method, target, got.Code, got.Body)
		}
	}
	return got
}

func (s *service) read(i int) { s.ask(i, http.MethodGet, "/users/"+ada, "", nil, http.StatusOK) }

func (s *service) refresh(i, _ int) {
	s.ask(i, http.MethodPost, "/token", fmt.Sprintf(`{"refresh_token":%q}`, s.refreshToken), nil, http.StatusOK)
}

// signIn is one that is under way, in a browser.
type signIn struct {
	location string
	cookies  []*http.Cookie
}

func (s *service) beginSignIn(i int) *signIn {
	got := s.ask(i, http.MethodGet, "/login", "", nil, http.StatusFound)
	return &signIn{location: got.Header().Get("Location"), cookies: got.Result().Cookies()}
}

// finishSignIn finishes one at another container than it was begun at; where
// there is none yet, a user is read in its place.
func (s *service) finishSignIn(i, person int, in *signIn) *httptest.ResponseRecorder {
	if in == nil {
		s.read(i)
		return nil
	}
	back, err := s.backFrom(s.people[person], in.location)
	if err != nil {
		s.failed.Add(1)
		s.t.Errorf("at the provider: %v", err)
		return nil
	}
	return s.ask(i, http.MethodGet, "/callback?"+back, "", in.cookies, http.StatusOK)
}

// meet gives each person a session at the provider, and all a refresh token.
func (s *service) meet(t *testing.T) {
	t.Helper()
	for range signIns {
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		s.people = append(s.people, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }})
	}
	for i := range s.people {
		got := s.finishSignIn(i, i, s.beginSignIn(i))
		var told struct {
			Tokens struct {
				RefreshToken string `json:"refresh_token"`
			} `json:"tokens"`
		}
		if err := json.Unmarshal(got.Body.Bytes(), &told); err != nil || told.Tokens.RefreshToken == "" {
			t.Fatalf("no refresh token: %v in %s", err, got.Body)
		}
		s.refreshToken = told.Tokens.RefreshToken
	}
}

var stateField = regexp.MustCompile(`name="state" value="([^"]+)"`)

// backFrom goes along the provider's pages, and returns the query with which the
// browser comes back.
func (s *service) backFrom(person *http.Client, location string) (string, error) {
	resp, err := person.Get(location)
	for ; err == nil; resp, err = person.Get(location) {
		page, readErr := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if state := stateField.FindSubmatch(page); state != nil {
			resp, err = person.PostForm(s.tenant.URL+"/u/login", url.Values{"state": {string(state[1])}, "username": {"ada@example.com"}, "password": {"Correct-Horse-7"}})
			if err != nil {
				return "", err
			}
			_ = resp.Body.Close()
		}
		next, locationErr := resp.Location()
		if readErr != nil || locationErr != nil {
			return "", fmt.Errorf("%d without a way on: %s", resp.StatusCode, page)
		}
		location = next.String()
		if strings.HasPrefix(location, callback) {
			return next.RawQuery, nil
		}
	}
	return "", err
}
