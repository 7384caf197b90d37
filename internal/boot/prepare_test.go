package boot

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"usher/internal/api"
	"usher/internal/auth0"
	"usher/internal/config"
	"usher/internal/limits"
	"usher/internal/metrics"
	"usher/internal/secrets"
	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

// provisioned returns the configuration of a process with provisioned concurrency.
func provisioned() config.Config {
	cfg := configured()
	cfg.Provisioned, cfg.MetricsService = true, "prod-usher"
	return cfg
}

func TestProvisionedFunctionIsPrepared(t *testing.T) {
	tenant := tenanttest.Start(t)
	v := startVault(t, 200, secretOf(tenant.URL, localtenant.ClientSecret))
	serve, log := function(provisioned(), nil, getUser)
	if stats := tenant.Tenant.Stats(); v.reads.Load() != 1 || stats.Requests != 1 || stats.Tokens != 1 {
		t.Errorf("before the first event: %d reads of the secret, %+v; %s", v.reads.Load(), stats, log)
	}
	if logged(t, log, "prepared for the first request", "level") != "INFO" {
		t.Errorf("%s", log)
	}
	if status, body := serve(t, event("/users/auth0%7C65e19a100000000000000001")); status != 200 {
		t.Errorf("%d %s", status, body)
	}
	if v.reads.Load() != 1 || logged(t, log, "request", "provider_calls") != "1" {
		t.Errorf("the first request makes other calls than its own: %s", log)
	}
}

// A failed preparation is logged and counted once. The first request works if the cause is gone.
func TestFailedPreparation(t *testing.T) {
	tenant := tenanttest.Start(t)
	v := startVault(t, 200, secretOf(tenant.URL, localtenant.ClientSecret))
	tenant.Tenant.Fail(localtenant.Fault{Status: 503})
	serve, log := function(provisioned(), nil, getUser)
	if got := logged(t, log, "the preparation for the first request failed", "error"); !strings.Contains(got, "503") {
		t.Errorf("the log says %q", got)
	}
	if strings.Count(log.String(), `"PreparationFailures":1`) != 1 {
		t.Errorf("not counted: %s", log)
	}
	tenant.Tenant.ClearFaults()
	if status, body := serve(t, event("/users/auth0%7C65e19a100000000000000001")); status != 200 || v.reads.Load() != 1 {
		t.Errorf("%d %s", status, body)
	}
}

func TestNothingIsPreparedWithAnInvalidConfiguration(t *testing.T) {
	v := startVault(t, 200, secretOf("tenant.example.com", "s3cr3t"))
	_, wrong := config.FromEnv(func(string) string { return "" })
	if _, log := function(provisioned(), wrong, getUser); v.reads.Load() != 0 || strings.Contains(log.String(), "prepar") {
		t.Errorf("%d reads of the secret; %s", v.reads.Load(), log)
	}
}

// hanging supplies no credentials until its caller gives up, and notes when it was asked.
type hanging struct {
	secrets.Static
	asked time.Time
}

func (h *hanging) Current(ctx context.Context) (secrets.Credentials, error) {
	h.asked = time.Now()
	<-ctx.Done()
	return secrets.Credentials{}, ctx.Err()
}

// Many processes begin at different times within the first second, and all end after 2 seconds.
func TestPreparationsAreSpreadAndShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var delays []time.Duration
		for range 200 {
			var out bytes.Buffer
			h := &hanging{}
			s := New(provisioned(), h, slog.New(slog.DiscardHandler), time.Now)
			begun := time.Now()
			s.prepare(getUser(s), slog.New(slog.DiscardHandler), metrics.New(&out, "prod-usher", time.Now))
			if took := time.Since(begun); took != 2*time.Second || !strings.Contains(out.String(), "PreparationFailures") {
				t.Fatalf("it took %v; the metrics are %q", took, &out)
			}
			delays = append(delays, h.asked.Sub(begun))
		}
		slices.Sort(delays)
		if first, last := delays[0], delays[len(delays)-1]; first < 0 || first > 200*time.Millisecond || last < 800*time.Millisecond || last >= time.Second {
			t.Errorf("the delays are %v to %v", first, last)
		}
	})
}

func TestNeeds(t *testing.T) {
	limited, err := limits.Parse(`{"unlisted":"allow","front_ends":[{"name":"shop","client_id":"shop","connections":["own"]}]}`, limits.Deployment{})
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		op     api.Operation
		policy limits.Policy
		want   auth0.Needs
	}{
		"management":                         {api.Operation{}, limits.Policy{}, auth0.Needs{Token: true}},
		"management, and checks a token":     {api.Operation{ChecksToken: true}, limits.Policy{}, auth0.Needs{Token: true, Keys: true}},
		"the secret only":                    {api.Operation{NoToken: true}, limits.Policy{}, auth0.Needs{}},
		"the secret only, with limits":       {api.Operation{NoToken: true}, limited, auth0.Needs{}},
		"checks a token":                     {api.Operation{NoToken: true, ChecksToken: true}, limits.Policy{}, auth0.Needs{Keys: true}},
		"checks a token, and looks users up": {api.Operation{NoToken: true, ChecksToken: true}, limited, auth0.Needs{Token: true, Keys: true}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			cfg := configured()
			cfg.Limits = tt.policy
			if got := New(cfg, secrets.Static{}, slog.New(slog.DiscardHandler), time.Now).needs(tt.op); got != tt.want {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
		})
	}
}
