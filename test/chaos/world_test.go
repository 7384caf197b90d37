//go:build chaos

package chaos

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"usher/internal/boot"
	"usher/internal/config"
	"usher/internal/rotation"
	"usher/internal/secrets"
	"usher/internal/secrets/secretstest"
	"usher/localtenant"
	"usher/test/testkit/container"
	"usher/test/testkit/lambda"
	"usher/test/testkit/traffic"
)

// lag is the time for which the tenant knows both secrets of a rotation.
const lag = 10 * time.Second

// secretTTL is the time for which a container keeps the secret.
const secretTTL = 5 * time.Minute

// firstUnused is a number that no step has.
const firstUnused = 100_000_000

// world is the service, in several containers, and what is around it.
type world struct {
	t        *testing.T
	provider *provider
	vault    *secretstest.Server
	admin    *traffic.Admin
	rotator  *boot.Service
	env      []*environment
	twin     *environment // gets the second one of two requests that come at once

	shift    atomic.Int64 // of all clocks
	moving   sync.RWMutex // held for reading during a step, so that the clock jumps between steps
	rotating atomic.Int64
	rotated  sync.Mutex
	sabotage sabotage

	known   sync.Mutex
	secrets []string // client secrets, the current one last
}

// sabotage breaks the service or the tenant, to show that the checks find it.
type sabotage struct {
	provider func(http.Handler, *localtenant.Tenant) http.Handler
	call     func(*http.Request) // changes what the service sends
	answer   func(traffic.Request, traffic.Answer) traffic.Answer
	log      func(traffic.Request) string
	leak     func()
	late     time.Duration // is added to how long an answer takes
}

// environment is one execution environment, which serves one request at a time.
type environment struct {
	*container.Container
	log logBuffer
}

// logBuffer keeps what is logged until it is taken.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logBuffer) take() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	defer b.text.Reset()
	return b.text.String()
}

func newWorld(t *testing.T, containers int, broken sabotage) *world {
	t.Helper()
	w := &world{t: t, sabotage: broken, secrets: []string{localtenant.ClientSecret}}
	w.provider = &provider{steps: map[string]*calls{}}
	w.provider.server = httptest.NewServer(w.provider)
	t.Cleanup(func() {
		w.provider.server.CloseClientConnections() // Close waits for requests that hang
		w.provider.server.Close()
	})
	tenant, err := localtenant.New(localtenant.Options{BaseURL: w.provider.server.URL, Now: w.now, PasswordCost: 4, Quirks: true})
	if err != nil {
		t.Fatal(err)
	}
	w.provider.tenant, w.provider.next, w.provider.broken = tenant, tenant, broken.call
	if broken.provider != nil {
		w.provider.next = broken.provider(tenant, tenant)
	}
	w.vault = secretstest.Start(t, w.secretText(localtenant.ClientSecret), w.now)
	w.furnish()
	w.rotator = w.service(slog.New(slog.DiscardHandler))
	for i := range containers + 1 {
		e := &environment{}
		log := slog.New(slog.NewJSONHandler(&e.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		e.Container = container.New(w.service(log), log)
		w.env = append(w.env, e)
		// A sign-in, so that it has the signing keys: a first fetch of them that fails is remembered for a
		// while, and requests without a fault would fail then.
		r, err := (&traffic.Maker{Admin: w.admin, Service: e.Answer}).Make("introspect", firstUnused+i)
		if err != nil {
			t.Fatal(err)
		}
		w.admin.Remove(r.Users...)
	}
	w.twin, w.env = w.env[0], w.env[1:]
	return w
}

// furnish gives a new tenant, or one that was reset, what the runs need.
func (w *world) furnish() {
	w.t.Helper()
	tenant := w.provider.tenant
	err := tenant.Configure(func(s *localtenant.Settings) {
		s.SecretLag, s.SecretNodes = localtenant.Duration(lag), localtenant.NodesByRequest
	})
	if err != nil {
		w.t.Fatal(err)
	}
	all := w.clientSecrets()
	tenant.RotateSecret(all[len(all)-1], 0)
	tenant.FailBy(chosen)
	if w.admin, err = traffic.NewAdmin(tenant); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) secretText(secret string) string {
	return lambda.Secret(w.provider.server.URL, secret)
}

func (w *world) now() time.Time { return time.Now().Add(time.Duration(w.shift.Load())) }

func (w *world) service(log *slog.Logger) *boot.Service {
	cfg := config.Config{
		SecretID: "usher/auth", SecretTTL: secretTTL, Connection: localtenant.Connection,
		RedirectURIs: []string{"http://127.0.0.1:3000/callback"}, LogoutURIs: []string{"http://127.0.0.1:3000/"},
		Scopes: strings.Fields(config.DefaultScopes), Binding: config.BindingCookie,
	}
	credentials := secrets.NewManager(secrets.Options{SecretID: cfg.SecretID, TTL: cfg.SecretTTL, Log: log, Now: w.now})
	return boot.New(cfg, credentials, log, w.now)
}

// rotate changes the client secret, as Secrets Manager does. It does nothing during another rotation.
func (w *world) rotate() error {
	if !w.rotated.TryLock() {
		return nil
	}
	defer w.rotated.Unlock()
	w.rotating.Add(1)
	defer w.rotating.Add(1)
	handle := rotation.Rotate(rotation.Options{
		Secrets: w.rotator.SecretIDs(), Vault: secrets.NewVault(), Provider: w.rotator.Auth0().Applications(),
		Pause: func(context.Context, time.Duration) error { w.shift.Add(int64(time.Second)); return nil },
	})
	version := w.vault.BeginRotation()
	for _, name := range []string{"createSecret", "setSecret", "testSecret", "finishSecret"} {
		var err error
		for range 5 { // as Secrets Manager repeats it
			if err = handle(context.Background(), rotation.Event{Step: name, SecretID: "usher/auth", Version: version}); err == nil {
				break
			}
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	current, err := secrets.Parse(w.vault.Text("AWSCURRENT"), false)
	w.known.Lock()
	w.secrets = append(w.secrets, current.ClientSecret)
	w.known.Unlock()
	// A secret changes once in some days: until the next change, all containers have read this one, and what
	// they have sealed is under a version that is known.
	w.moving.Lock()
	w.shift.Add(int64(secretTTL + lag))
	w.moving.Unlock()
	return err
}

// clientSecrets returns all client secrets, the current one last.
func (w *world) clientSecrets() []string {
	w.known.Lock()
	defer w.known.Unlock()
	return slices.Clone(w.secrets)
}

// errCancelled is the result of a request whose caller has gone.
var errCancelled = errors.New("the caller has gone")
