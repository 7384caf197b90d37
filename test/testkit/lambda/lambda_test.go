package lambda_test

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usher/localtenant"
	"usher/localtenant/tenanttest"
	"usher/test/testkit"
	"usher/test/testkit/lambda"
)

// built is the folder of the binary.
var built string

// TestMain builds the binary once for all tests.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "lambda")
	if err != nil {
		panic(err)
	}
	built = dir
	if err := lambda.Build(context.Background(), "../../..", dir, "./functions/getuser"); err != nil {
		_ = os.RemoveAll(dir)
		panic(err)
	}
	status := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(status)
}

func start(t *testing.T, more ...map[string]string) (*lambda.Process, *tenanttest.Server, *lambda.Vault) {
	t.Helper()
	tenant := tenanttest.Start(t)
	vault := lambda.NewVault(lambda.Secret(tenant.URL, localtenant.ClientSecret))
	t.Cleanup(vault.Close)
	runtime, err := lambda.NewRuntime()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = runtime.Close() })
	env := vault.Env()
	for _, m := range append(more, map[string]string{"REDIRECT_URIS": "https://app.example.com/callback"}) {
		maps.Copy(env, m)
	}
	p, err := runtime.Start(t.Context(), filepath.Join(built, "getuser"), env)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return p, tenant, vault
}

func get(t *testing.T) []byte {
	t.Helper()
	e, err := lambda.Event("GET", "/users/auth0%7C65e19a100000000000000001", nil, "")
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestProcess(t *testing.T) {
	p, tenant, vault := start(t)
	if err := p.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		answer, err := p.Invoke(t.Context(), get(t), testkit.Patience)
		if err != nil {
			t.Fatal(err)
		}
		response, err := lambda.Answer(answer)
		if err != nil || response.StatusCode != 200 || !strings.Contains(response.Body, "ada@example.com") {
			t.Fatalf("%+v, %v; the log: %s", response, err, p.Log())
		}
	}
	if vault.Reads() != 1 || tenant.Tenant.Stats().Requests != 4 {
		t.Errorf("%d reads of the secret, %d calls", vault.Reads(), tenant.Tenant.Stats().Requests)
	}
}

// Only with provisioned concurrency does a function call anything before its first event.
func TestInitialization(t *testing.T) {
	for kind, before := range map[string]int{"on-demand": 0, "provisioned-concurrency": 1} {
		t.Run(kind, func(t *testing.T) {
			p, tenant, vault := start(t, map[string]string{"AWS_LAMBDA_INITIALIZATION_TYPE": kind})
			if err := p.Ready(t.Context()); err != nil {
				t.Fatal(err)
			}
			if vault.Reads() != int64(before) || tenant.Tenant.Stats().Tokens != before || tenant.Tenant.Stats().Requests != before {
				t.Errorf("before the first event: %d reads of the secret, %+v; the log: %s", vault.Reads(), tenant.Tenant.Stats(), p.Log())
			}
			tenant.Tenant.ResetStats()
			if _, err := p.Invoke(t.Context(), get(t), testkit.Patience); err != nil {
				t.Fatal(err)
			}
			if stats := tenant.Tenant.Stats(); vault.Reads() != 1 || stats.Requests != 2-before || stats.Connections != 1-before {
				t.Errorf("at the first event: %d reads of the secret, %+v", vault.Reads(), stats)
			}
		})
	}
}

func TestFrozenProcess(t *testing.T) {
	p, _, _ := start(t)
	if err := errors.Join(p.Ready(t.Context()), p.Freeze()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := p.Invoke(ctx, get(t), testkit.Patience); !errors.Is(err, lambda.ErrTimeout) {
		t.Errorf("a frozen process answers: %v", err)
	}
	if err := p.Thaw(); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Invoke(t.Context(), get(t), testkit.Patience); err != nil {
		t.Errorf("after the thaw: %v", err)
	}
}

func TestProcessThatEnds(t *testing.T) {
	p, _, _ := start(t)
	p.Stop()
	if _, err := p.Invoke(t.Context(), get(t), testkit.Patience); err == nil {
		t.Error("an ended process answers")
	}
}
