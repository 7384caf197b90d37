package api

import (
	"flag"
	"net/http"
	"testing"
	"time"

	"usher/localtenant"
)

// rough runs the suite against a tenant as it may be: with an enterprise plan's
// rate limits, an index that lags, and one answer in twenty that fails in a way
// that a retry cures.
var rough = flag.Bool("rough", false, "run against a tenant with rate limits, an index lag and failing answers")

// quirks runs it against a tenant that answers in the odd forms that real ones have
// (docs/local-tenant.md). They say what the plain forms say, so every test holds.
var quirks = flag.Bool("quirks", false, "run against a tenant that answers in odd forms")

const indexLag = 500 * time.Millisecond

func roughen(t *testing.T, tenant *localtenant.Tenant) {
	t.Helper()
	if err := tenant.Configure(func(s *localtenant.Settings) {
		s.Plan = localtenant.PlanEnterprise
		s.IndexLag = localtenant.Duration(indexLag)
	}); err != nil {
		t.Fatal(err)
	}
	for route, fault := range map[string]localtenant.Fault{
		"GET /api/v2/users":          {Status: http.StatusServiceUnavailable},
		"GET /api/v2/users/{id}":     {Kind: localtenant.FaultReset},
		"GET /api/v2/users-by-email": {Kind: localtenant.FaultResetBody},
		"DELETE /api/v2/users/{id}":  {Status: http.StatusInternalServerError},
		"POST /api/v2/users":         {Status: http.StatusTooManyRequests},
		"PATCH /api/v2/users/{id}":   {Status: http.StatusTooManyRequests},
		"POST /oauth/token":          {Status: http.StatusTooManyRequests},
		"GET /.well-known/jwks.json": {Status: http.StatusBadGateway},
	} {
		fault.Route, fault.Every = route, 20 // not by chance: four in a row would fail a call, now and then
		tenant.Fail(fault)
	}
}

// calm is for a test that sets its own faults, or counts calls.
func (s *service) calm(t *testing.T) {
	t.Helper()
	s.tenant.Tenant.ClearFaults()
	if err := s.tenant.Tenant.Configure(func(c *localtenant.Settings) { c.Plan = localtenant.PlanNone }); err != nil {
		t.Fatal(err)
	}
}
