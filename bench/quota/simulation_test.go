//go:build !race

package quota

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/crypto/bcrypt"

	"usher/internal/limits/limitstest"
	"usher/internal/quota"
	"usher/localtenant"
	"usher/test/testkit/credentials"
)

// scenario is one simulation.
type scenario struct {
	plan       localtenant.Plan
	headers    localtenant.LimitHeaders
	functions  bool // share the quota
	gateway    bool // caps what can flood
	polite     bool // clients honour Retry-After
	containers int  // of each function
	lasts      time.Duration
	seed       uint64
}

// interval is the time between urgent requests.
func (s scenario) interval() time.Duration {
	if s.plan == localtenant.PlanEnterprise {
		return 2 * time.Second
	}
	return 6 * time.Second
}

const functionsLayer = "functions"

// layers names what protects the quota.
func (s scenario) layers() string {
	switch {
	case s.functions && s.gateway:
		return "both"
	case s.functions:
		return functionsLayer
	case s.gateway:
		return "gateway"
	}
	return "none"
}

func (s scenario) name() string {
	clients := "impolite clients"
	if s.polite {
		clients = "polite clients"
	}
	return fmt.Sprintf("%s, %s, %s", s.plan, clients, s.layers())
}

// result is what each class got.
type result struct {
	urgent, change, read tally
	calls, over          int // of the Management API; over of them were answered with 429
}

// run simulates: a walk of a list with 8 requests in flight, a script of changes with 16, and urgent
// requests in intervals.
func run(t *testing.T, s scenario) *result {
	t.Helper()
	all := &result{}
	synctest.Test(t, func(t *testing.T) {
		tenant, err := localtenant.New(localtenant.Options{BaseURL: "http://127.0.0.1:3001", PasswordCost: bcrypt.MinCost, Plan: s.plan, Key: key()})
		if err != nil {
			t.Fatal(err)
		}
		if err := tenant.Configure(func(c *localtenant.Settings) { c.LimitHeaders = cmp.Or(s.headers, localtenant.LimitHeadersNext) }); err != nil {
			t.Fatal(err)
		}
		var plan quota.Plan
		if s.functions {
			if plan, err = quota.Parse(string(s.plan)); err != nil {
				t.Fatal(err)
			}
		}
		var caps map[string]throttle
		if s.gateway {
			caps = capsOf(t, s.plan)
		}
		c := &company{
			provider: &provider{tenant: tenant}, plan: plan, credentials: credentials.Of(t, "http://127.0.0.1:3001"),
			gateway: newGateway(caps), containers: s.containers, idle: map[string][]*container{}, random: rand.New(rand.NewPCG(s.seed, 0)),
		}
		id := limitstest.User("auth0|65e19a100000000000000001")
		ctx, cancel := context.WithTimeout(t.Context(), s.lasts)
		defer cancel()
		known, err := c.newClient().Roles().All(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		c.flatOut(ctx, &wg, &all.read, 8, s.polite, func(int) request { return read(id) })
		c.flatOut(ctx, &wg, &all.change, 16, s.polite, change(id, known[0]))
		c.regularly(ctx, &wg, &all.urgent, s.interval(), urgent(id))
		wg.Wait()
		time.Sleep(2 * deadline) // token requests outlive the requests that began them
		all.calls, all.over = c.provider.calls, c.provider.over
	})
	return all
}

// TestUrgentRequestsSucceed is the simulation in short. The numbers are random: the bounds are far from
// the usual ones, which are in docs/quota.md.
func TestUrgentRequestsSucceed(t *testing.T) {
	for _, s := range []scenario{
		{plan: localtenant.PlanEnterprise, polite: true},
		{plan: localtenant.PlanEnterprise, headers: localtenant.LimitHeadersFull},
		{plan: localtenant.PlanSelfService},
	} {
		if testing.Short() && s.plan != localtenant.PlanSelfService {
			continue // the smallest plan is a sample
		}
		s.functions, s.containers, s.lasts, s.seed = true, 32, 3*time.Minute, 1
		with := run(t, s)
		s.functions = false
		without := run(t, s)
		t.Logf("%s: urgent %.1f %% of %d, without a plan %.1f %%", s.name(), with.urgent.share(), with.urgent.sent, without.urgent.share())
		if with.urgent.share() < 80 || with.urgent.share() < without.urgent.share()+5 {
			t.Errorf("%s: urgent requests succeed in %.1f %%, and without a plan in %.1f %%", s.name(), with.urgent.share(), without.urgent.share())
		}
		if used := float64(with.calls-with.over) / float64(without.calls-without.over); used < 0.8 {
			t.Errorf("%s: only %.2f of the quota is used", s.name(), used)
		}
	}
}
