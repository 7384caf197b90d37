package api

import (
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/internal/boot"
	"usher/internal/config"
	"usher/internal/quota"
	"usher/operations"
	"usher/operations/caps"
	"usher/test/contract"
)

// The gateway's caps come from the most limited of the calls that an operation makes.
func TestCapsComeFromTheMostLimitedCall(t *testing.T) {
	contracted, capped := map[string]contract.Operation{}, map[string]bool{}
	for _, op := range contract.Load(t).Operations() {
		contracted[op.ID] = op
	}
	for _, op := range operations.All(boot.New(config.Config{}, nil, slog.New(slog.DiscardHandler), time.Now)) {
		capped[op.Name] = slices.ContainsFunc(op.Routes, func(route string) bool { return caps.Has(op, route) })
	}
	asDeployed(t, func(t *testing.T, s *service) {
		s.calm(t)
		for _, c := range slices.Concat(costs...) {
			if c.name != "" || !capped[c.operation] {
				continue
			}
			t.Run(c.operation, func(t *testing.T) { c.checkMostLimited(t, s, contracted[c.operation]) })
		}
	})
}

func (c cost) checkMostLimited(t *testing.T, s *service, op contract.Operation) {
	target, body, headers := c.prepare(t, s)
	s.tenant.Tenant.ResetStats()
	s.as(t, op.Method, target, body, headers...)
	made := slices.Sorted(maps.Keys(s.tenant.Tenant.Stats().Routes))
	call, err := caps.MostLimited(c.operation)
	if err != nil || !slices.Contains(made, call) {
		t.Fatalf("%q is none of %q, %v", call, made, err)
	}
	for _, name := range quota.Names() {
		for _, other := range made {
			if lowest, limited := rateOf(t, name, call); limited {
				if rate, ok := rateOf(t, name, other); ok && rate < lowest {
					t.Errorf("%s: the plan limits %s to %g calls per second, but %s to %g", name, call, lowest, other, rate)
				}
			}
		}
	}
}

func rateOf(t *testing.T, plan, call string) (rate float64, limited bool) {
	p, err := quota.Parse(plan)
	if err != nil {
		t.Fatal(err)
	}
	method, path, _ := strings.Cut(call, " ")
	_, bucket, limited := p.Bucket(method, path)
	return bucket.Rate, limited
}
