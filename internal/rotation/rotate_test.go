package rotation

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/internal/secrets"
	"usher/internal/secrets/secretstest"
)

const (
	one = `{"domain":"tenant.example.com","client_id":"web","client_secret":"s3cr3t-web"}`
	two = `{"domain":"tenant.example.com","client_id":"web","client_secret":"s3cr3t-web","management_client_id":"machine","management_client_secret":"s3cr3t-machine","note":"kept"}`
)

// provider is a fake that stores the applications' secrets.
type provider struct {
	set      map[string]string
	calls    []string
	setErr   map[string]error // by application
	refusals int              // remaining refusals of valid credentials
}

// knowing returns a provider that accepts the credentials.
func knowing(c secrets.Credentials) *provider {
	return &provider{set: map[string]string{c.ClientID: c.ClientSecret, c.ManagementClientID: c.ManagementClientSecret}, setErr: map[string]error{}}
}

var errNotNow = errors.New("not now")

func (p *provider) SetSecret(_ context.Context, clientID, secret string) error {
	p.calls = append(p.calls, clientID)
	if err := p.setErr[clientID]; err != nil {
		return err
	}
	p.set[clientID] = secret
	return nil
}

func (p *provider) Accepts(_ context.Context, c secrets.Credentials) error {
	p.calls = append(p.calls, "?")
	if p.refusals > 0 {
		p.refusals--
		return errNotNow
	}
	if p.set[c.ClientID] != c.ClientSecret || p.set[c.ManagementClientID] != c.ManagementClientSecret {
		return errors.New("refused")
	}
	return nil
}

// rotating is a rotation with a fake vault, a fake provider and counted pauses.
type rotating struct {
	t        *testing.T
	vault    *secretstest.Server
	provider *provider
	handle   func(context.Context, Event) error
	version  string
	paused   int
	most     int // pauses before the deadline
}

func begin(t *testing.T, text string) *rotating {
	t.Helper()
	r := &rotating{t: t, vault: secretstest.Start(t, text, time.Now), provider: knowing(parsed(t, text)), most: 60}
	r.handle = Rotate(Options{Secrets: []string{"usher/auth"}, Vault: secrets.NewVault(), Provider: r.provider, Pause: func(context.Context, time.Duration) error {
		if r.paused++; r.paused > r.most {
			return context.DeadlineExceeded
		}
		return nil
	}})
	r.version = r.vault.BeginRotation()
	return r
}

func (r *rotating) step(name string) error {
	return r.handle(r.t.Context(), Event{Step: name, SecretID: "usher/auth", Version: r.version})
}

func (r *rotating) must(names ...string) {
	r.t.Helper()
	for _, name := range names {
		if err := r.step(name); err != nil {
			r.t.Fatalf("%s: %v", name, err)
		}
	}
}

func parsed(t *testing.T, text string) secrets.Credentials {
	t.Helper()
	c, err := secrets.Parse(text, false)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var steps = []string{"createSecret", "setSecret", "testSecret", "finishSecret"}

func TestRotation(t *testing.T) {
	for name, text := range map[string]string{"one application": one, "two applications": two} {
		t.Run(name, func(t *testing.T) {
			r := begin(t, text)
			r.must(steps...)
			old, fresh := parsed(t, text), parsed(t, r.vault.Text("AWSCURRENT"))
			if r.vault.Text("AWSPREVIOUS") != text {
				t.Errorf("the previous version is %s", r.vault.Text("AWSPREVIOUS"))
			}
			if fresh.Domain != old.Domain || fresh.ClientID != old.ClientID || fresh.ManagementClientID != old.ManagementClientID {
				t.Errorf("%+v has another application", fresh)
			}
			for id, secret := range map[string]string{fresh.ClientID: fresh.ClientSecret, fresh.ManagementClientID: fresh.ManagementClientSecret} {
				if len(secret) != 64 || strings.Trim(secret, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
					t.Errorf("the secret of %s is %q", id, secret)
				}
				if r.provider.set[id] != secret {
					t.Errorf("%s has another secret at the provider", id)
				}
			}
			if strings.Contains(text, "note") && !strings.Contains(r.vault.Text("AWSCURRENT"), `"note":"kept"`) {
				t.Error("other members of the secret are lost")
			}
		})
	}
	t.Run("two applications get different secrets", func(t *testing.T) {
		r := begin(t, two)
		r.must(steps...)
		if c := parsed(t, r.vault.Text("AWSCURRENT")); c.ClientSecret == c.ManagementClientSecret {
			t.Error("both have the same secret")
		}
		if got := strings.Join(r.provider.calls, " "); got != "? web machine ? ? ? ? ? ?" { // the management application is last
			t.Errorf("%s", got)
		}
	})
}

// Each step can be repeated, and so can the sequence, at any point and after its end.
func TestStepsCanBeRepeated(t *testing.T) {
	for cut := range steps {
		t.Run("repeated after "+steps[cut], func(t *testing.T) {
			r := begin(t, two)
			r.must(steps[:cut+1]...)
			made := r.vault.Text("AWSPENDING")
			r.must(steps[cut])
			r.must(steps...)
			r.must(steps...)
			if got := r.vault.Text("AWSCURRENT"); got != made {
				t.Errorf("created %s, but %s is current", made, got)
			}
			if r.vault.Text("AWSPREVIOUS") != two {
				t.Error("the previous version is lost")
			}
			if c := parsed(t, made); r.provider.set["web"] != c.ClientSecret || r.provider.set["machine"] != c.ManagementClientSecret {
				t.Error("provider and vault have different secrets")
			}
		})
	}
}

// If rotation is disabled in the middle, the remaining steps still succeed.
func TestCancelledRotationCanFinish(t *testing.T) {
	for cut := range steps {
		r := begin(t, two)
		r.must(steps[:cut+1]...)
		r.vault.CancelRotation()
		r.must(steps...)
		if c := parsed(t, r.vault.Text("AWSCURRENT")); r.provider.set["web"] != c.ClientSecret || r.provider.set["machine"] != c.ManagementClientSecret {
			t.Errorf("after %s: provider and vault have different secrets", steps[cut])
		}
	}
}

// The secret is stored before the provider gets it, so that no failure can lose it.
func TestSecretIsStoredBeforeItIsSet(t *testing.T) {
	for _, failing := range []string{"web", "machine"} {
		t.Run(failing, func(t *testing.T) {
			r := begin(t, two)
			r.must("createSecret")
			r.provider.setErr[failing] = errNotNow
			if err := r.step("setSecret"); !errors.Is(err, errNotNow) {
				t.Fatalf("%v", err)
			}
			current, pending := parsed(t, two), parsed(t, r.vault.Text("AWSPENDING"))
			for id, kept := range map[string][]string{
				"web": {current.ClientSecret, pending.ClientSecret}, "machine": {current.ManagementClientSecret, pending.ManagementClientSecret},
			} {
				if !slices.Contains(kept, r.provider.set[id]) {
					t.Errorf("%s was set to an unknown secret", id)
				}
			}
			delete(r.provider.setErr, failing)
			r.must(steps...)
		})
	}
}

func TestRotateRefuses(t *testing.T) {
	tests := map[string]struct {
		change func(*rotating)
		step   string
		says   string
	}{
		"an unknown step":                {func(*rotating) {}, "eraseSecret", `"eraseSecret" is no step`},
		"an unknown version":             {func(r *rotating) { r.version = "another" }, "createSecret", "has no stage for rotation"},
		"an outdated version":            {func(r *rotating) { r.vault.BeginRotation() }, "setSecret", "has no stage for rotation"},
		"setSecret before createSecret":  {func(*rotating) {}, "setSecret", secrets.ErrNoValue.Error()},
		"testSecret before createSecret": {func(*rotating) {}, "testSecret", secrets.ErrNoValue.Error()},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := begin(t, one)
			tt.change(r)
			if err := r.step(tt.step); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%v, want %q in it", err, tt.says)
			}
			if len(r.provider.calls) != 0 || r.vault.Text("AWSCURRENT") != one {
				t.Errorf("unexpected calls: %v", r.provider.calls)
			}
		})
	}
	t.Run("not enabled", func(t *testing.T) {
		r := begin(t, one)
		r.vault.CancelRotation()
		if err := r.step("createSecret"); err == nil || !strings.Contains(err.Error(), "is not enabled for rotation") || r.vault.Text("AWSPENDING") != "" {
			t.Errorf("%v", err)
		}
	})
	t.Run("the previous version", func(t *testing.T) {
		r := begin(t, one)
		r.must(steps...)
		r.version = "first"
		if err := r.step("setSecret"); err == nil || !strings.Contains(err.Error(), "is not AWSPENDING") {
			t.Errorf("%v", err)
		}
	})
}

func TestConcurrentCreationKeepsTheFirstSecret(t *testing.T) {
	r := begin(t, one)
	vault := secrets.NewVault()
	if err := vault.PutPending(t.Context(), "usher/auth", r.version, strings.Replace(one, "s3cr3t-web", "first", 1)); err != nil {
		t.Fatal(err)
	}
	if err := vault.PutPending(t.Context(), "usher/auth", r.version, strings.Replace(one, "s3cr3t-web", "second", 1)); err != nil {
		t.Fatal(err)
	}
	if got := parsed(t, r.vault.Text("AWSPENDING")).ClientSecret; got != "first" {
		t.Errorf("%q is kept", got)
	}
}

func TestEventJSONAndLog(t *testing.T) {
	var e Event
	if err := json.Unmarshal([]byte(`{"Step":"setSecret","SecretId":"arn:x","ClientRequestToken":"v1","RotationToken":"t"}`), &e); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("event", "event", e)
	if want := "event.step=setSecret event.secret=arn:x event.version=v1"; !strings.Contains(log.String(), want) {
		t.Errorf("%s, want %s", &log, want)
	}
}

func TestPauseEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := pause(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := pause(t.Context(), 1); err != nil {
		t.Error(fmt.Errorf("a short pause: %w", err))
	}
}
