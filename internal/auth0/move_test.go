package auth0

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"usher/internal/limits/limitstest"
	"usher/internal/secrets"
	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

// moving is a secret that names another tenant at every third read.
type moving struct {
	*source
	tenants []secrets.Credentials
	looks   atomic.Int64
}

func (m *moving) Current(context.Context) (secrets.Credentials, error) {
	return m.tenants[int(m.looks.Add(1)/3)%len(m.tenants)], nil
}

// While the secret changes to another tenant, each request goes to the tenant that issued
// its token. Another tenant would refuse it.
func TestATokenGoesToItsOwnTenant(t *testing.T) {
	one, other := tenanttest.Start(t), tenanttest.Start(t)
	m := &moving{source: holding(secrets.Credentials{}), tenants: []secrets.Credentials{
		credentialsAt(one.URL, localtenant.ClientSecret), credentialsAt(other.URL, localtenant.ClientSecret),
	}}
	c := New(Options{Credentials: m, Now: newClock().Now})
	const requests, route = 20, "GET /api/v2/users/{id}"
	for range requests {
		if _, err := c.Users().User(t.Context(), limitstest.User("auth0|65e19a100000000000000001")); err != nil {
			t.Fatal(err)
		}
	}
	first, second := one.Tenant.Stats().Routes[route], other.Tenant.Stats().Routes[route]
	if first == 0 || second == 0 || first+second != requests {
		t.Errorf("%d and %d requests at the two tenants, want %d together: each once", first, second, requests)
	}
}

// A request with an application's ID in its path follows the secret to the other tenant.
func TestConnectionsAfterAMove(t *testing.T) {
	old := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != tokenPath {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_ = json.NewEncoder(w).Encode(bearerToken("old", 86400))
	}))
	defer old.Close()
	s := holding(credentialsAt(old.URL, localtenant.ClientSecret))
	s.current.ClientID = "another"
	s.stored = credentialsAt(tenanttest.Start(t).URL, localtenant.ClientSecret)
	c, _ := newClient(s, newClock())
	if found, err := c.Identities().Connections(t.Context()); err != nil || len(found) == 0 {
		t.Errorf("%v, %v", found, err)
	}
}
