//go:build chaos

package chaos

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/internal/boot"
	"usher/internal/config"
	"usher/localtenant"
	"usher/localtenant/tenanttest"
	"usher/test/contract"
	"usher/test/testkit"
	"usher/test/testkit/container"
	"usher/test/testkit/credentials"
	"usher/test/testkit/lambda"
	"usher/test/testkit/traffic"
)

var frozenRequests = flag.Int("frozen", 200, "number of requests to processes that are frozen; `make chaos` has 4,000")

// margin is how long an answer may take after a thaw that comes after the deadline.
const margin = lambda.Timeout - boot.Deadline

// TestFrozenProcesses stops processes of the binaries between requests and during them, some until after
// the deadline.
func TestFrozenProcesses(t *testing.T) {
	binaries, err := lambda.Binaries(t.Context(), "../..", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	tenant := tenanttest.Start(t, func(o *localtenant.Options) { o.Quirks = true })
	admin, err := traffic.NewAdmin(tenant.Tenant)
	if err != nil {
		t.Fatal(err)
	}
	cfg := config.Config{
		Connection: localtenant.Connection, RedirectURIs: []string{"http://127.0.0.1:3000/callback"}, LogoutURIs: []string{"http://127.0.0.1:3000/"},
		Scopes: strings.Fields(config.DefaultScopes), Binding: config.BindingCookie,
	}
	none := slog.New(slog.DiscardHandler)
	maker := &traffic.Maker{Admin: admin, Service: container.New(boot.New(cfg, credentials.Of(t, tenant.URL), none, time.Now), none).Answer}
	runtime, err := lambda.NewRuntime()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = runtime.Close() })
	vault := lambda.NewVault(lambda.Secret(tenant.URL, localtenant.ClientSecret))
	t.Cleanup(vault.Close)
	env := vault.Env()
	maps.Copy(env, map[string]string{"REDIRECT_URIS": cfg.RedirectURIs[0], "POST_LOGOUT_REDIRECT_URIS": cfg.LogoutURIs[0]})

	all := contract.Load(t).WithoutJobs()
	var running sync.WaitGroup
	for i, op := range all {
		p, err := runtime.Start(context.WithoutCancel(t.Context()), binaries[op.Function], env)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.Stop)
		running.Go(func() {
			for n := i; n < *frozenRequests; n += len(all) {
				if wrong := frozen(p, maker, op.ID, n); wrong != "" {
					t.Errorf("request %d, %s: %s", n, op.ID, wrong)
				}
			}
		})
	}
	running.Wait()
}

// frozen sends a request to a process and freezes it, and says what is wrong.
func frozen(p *lambda.Process, maker *traffic.Maker, operation string, n int) string {
	random := rand.New(rand.NewPCG(*seed, uint64(n)))
	request, err := maker.Make(operation, n)
	if err != nil {
		return err.Error()
	}
	defer maker.Admin.Remove(request.Users...)
	event, err := request.Event()
	if err != nil {
		return err.Error()
	}
	left, begin, hold := lambda.Timeout, time.Duration(random.IntN(15))*time.Millisecond, time.Duration(random.IntN(200))*time.Millisecond
	late := random.IntN(10) == 0
	if late { // it is frozen until after its deadline
		left, hold = time.Second, time.Second+hold
	}
	var thawed time.Time
	freeze := func() {
		if err := p.Freeze(); err == nil {
			time.Sleep(hold)
			_ = p.Thaw()
			thawed = time.Now()
		}
	}
	if !late && random.IntN(2) == 0 { // between requests
		freeze()
		begin = -1
	}
	var beside sync.WaitGroup
	begun, stalls := time.Now(), machine.total()
	if begin >= 0 {
		beside.Go(func() { time.Sleep(begin); freeze() })
	}
	ctx, cancel := context.WithTimeout(context.Background(), testkit.Patience)
	defer cancel()
	body, err := p.Invoke(ctx, event, left)
	answered := time.Now()
	beside.Wait()
	if err != nil {
		return err.Error()
	}
	latest := begun.Add(left)
	if byThaw := thawed.Add(margin); byThaw.After(latest) {
		latest = byThaw
	}
	if over := answered.Sub(latest); over > machine.total()-stalls {
		return fmt.Sprintf("answered %v too late", over)
	}
	got, err := traffic.Parse(body)
	switch {
	case err != nil:
		return err.Error()
	case got.Status < http.StatusBadRequest:
		if err := request.Holds(got); err != nil {
			return "claims what the tenant does not have: " + err.Error()
		}
	case !late:
		return fmt.Sprintf("failed: %d %s", got.Status, got.Body)
	}
	for _, secret := range append(request.Secrets, localtenant.ClientSecret) {
		if len(secret) > 6 && strings.Contains(p.Log(), secret) {
			return "the log has a secret"
		}
	}
	return ""
}
