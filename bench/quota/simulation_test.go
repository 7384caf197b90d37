package quota

import (
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
	"usher/internal/roles"
	"usher/localtenant"
	"usher/test/testkit/credentials"
)

// scenario is one simulation.
type scenario struct {
	plan      localtenant.Plan
	headers   localtenant.LimitHeaders
	functions bool // share the quota
	gateway   bool // caps what can flood
	polite    bool // clients honour Retry-After
	lasts     time.Duration
	every     time.Duration // between urgent requests
	seed      uint64
}

func (s scenario) name() string {
	layers := map[[2]bool]string{{false, false}: "none", {true, false}: "functions", {false, true}: "gateway", {true, true}: "both"}
	clients := map[bool]string{true: "polite", false: "impolite"}
	return fmt.Sprintf("%s, %s clients, %s", s.plan, clients[s.polite], layers[[2]bool{s.functions, s.gateway}])
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
		if err := tenant.Configure(func(c *localtenant.Settings) { c.LimitHeaders = s.headers }); err != nil {
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
			caps = capsOf(s.plan)
		}
		c := &company{
			provider: &provider{tenant: tenant}, plan: plan, credentials: credentials.Of(t, "http://127.0.0.1:3001"),
			gateway: newGateway(caps), containers: 1000 / 6, idle: map[string][]*container{}, random: rand.New(rand.NewPCG(s.seed, 0)),
		}
		id := limitstest.User("auth0|65e19a100000000000000001")
		ctx, cancel := context.WithTimeout(t.Context(), s.lasts)
		defer cancel()
		var wg sync.WaitGroup
		c.flatOut(ctx, &wg, &all.read, 8, s.polite, func(int) request { return read(id) })
		c.flatOut(ctx, &wg, &all.change, 16, s.polite, change(id, roles.Role{ID: "rol_0000000000000001"}))
		c.regularly(ctx, &wg, &all.urgent, s.every, urgent(id))
		wg.Wait()
		time.Sleep(2 * deadline) // token requests outlive the requests that began them
		all.calls, all.over = c.provider.calls, c.provider.over
	})
	return all
}

// capsOf returns the gateway's limits: half of a bucket's refill for each route that can flood it,
// divided by its usual calls.
func capsOf(plan localtenant.Plan) map[string]throttle {
	p, _ := quota.Parse(string(plan))
	caps := map[string]throttle{}
	for function, call := range map[string]struct {
		method, path string
		usual        float64
	}{"listusers": {"GET", "/api/v2/users", 1}, "updateuser": {"PATCH", "/api/v2/users/x", 1}, "setuserroles": {"POST", "/api/v2/users/x/roles", 1}} {
		if _, b, ok := p.Bucket(call.method, call.path); ok {
			caps[function] = throttle{rate: b.Rate / 2 / call.usual, burst: b.Burst}
		}
	}
	return caps
}

func TestExplore(t *testing.T) {
	for _, plan := range []localtenant.Plan{localtenant.PlanEnterprise, localtenant.PlanSelfService, localtenant.PlanFree} {
		every := 2 * time.Second
		if plan != localtenant.PlanEnterprise {
			every = 6 * time.Second
		}
		for _, polite := range []bool{true, false} {
			for _, layers := range [][2]bool{{false, false}, {true, false}, {false, true}, {true, true}} {
				s := scenario{plan: plan, headers: localtenant.LimitHeadersNext, functions: layers[0], gateway: layers[1], polite: polite, lasts: 3 * time.Minute, every: every, seed: 1}
				start := time.Now()
				r := run(t, s)
				fmt.Printf("%-45s urgent %5.1f%% of %3d p99 %5dms | change %5.1f%% of %5d, %4d ok refused %5d limited %5d p99 %5dms | read %5.1f%% of %5d, %4d ok refused %5d | calls %d over %d | %.1fs\n", s.name(),
					r.urgent.share(), r.urgent.sent, r.urgent.slowest().Milliseconds(),
					r.change.share(), r.change.sent, r.change.done, r.change.refused, r.change.limited, r.change.slowest().Milliseconds(),
					r.read.share(), r.read.sent, r.read.done, r.read.refused, r.calls, r.over, time.Since(start).Seconds())
			}
		}
	}
}
