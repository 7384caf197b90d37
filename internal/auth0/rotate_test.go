package auth0

import (
	"strings"
	"testing"
	"time"

	"usher/internal/problem"
	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

const anotherSecret = "another-secret-of-this-application"

func TestSetSecret(t *testing.T) {
	tenant := tenanttest.Start(t)
	old, fresh := credentialsAt(tenant.URL, localtenant.ClientSecret), credentialsAt(tenant.URL, anotherSecret)
	c, _ := newClient(holding(old), newClock())
	apps := c.Applications()
	if err := apps.Accepts(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	wantKind(t, apps.Accepts(t.Context(), fresh), problem.ServiceMisconfigured, "refused the client credentials of the management application")
	for range 2 {
		if err := apps.SetSecret(t.Context(), localtenant.ClientID, anotherSecret); err != nil {
			t.Fatal(err)
		}
	}
	if err := apps.Accepts(t.Context(), fresh); err != nil {
		t.Error(err)
	}
	wantKind(t, apps.Accepts(t.Context(), old), problem.ServiceMisconfigured, "refused")
}

// The sign-in application may not be allowed to request tokens for itself.
func TestAcceptsChecksBothApplications(t *testing.T) {
	tenant := tenanttest.Start(t)
	web := tenant.Tenant.Settings().Application
	web.Grants = []string{"authorization_code", "refresh_token"}
	tenant.Tenant.AddApplication("web", "web-secret", web)
	good := credentialsAt(tenant.URL, localtenant.ClientSecret)
	good.ClientID, good.ClientSecret = "web", "web-secret"
	c, _ := newClient(holding(good), newClock())
	if err := c.Applications().Accepts(t.Context(), good); err != nil {
		t.Error(err)
	}
	wrongWeb, wrongMachine := good, good
	wrongWeb.ClientSecret, wrongMachine.ManagementClientSecret = "s3cr3t", "s3cr3t"
	wantKind(t, c.Applications().Accepts(t.Context(), wrongWeb), problem.ServiceMisconfigured, `the sign-in application "web"`)
	wantKind(t, c.Applications().Accepts(t.Context(), wrongMachine), problem.ServiceMisconfigured, `the management application "usher-local"`)
}

func TestSetSecretFailures(t *testing.T) {
	tests := map[string]struct {
		broken func(*localtenant.Tenant)
		id     string
		kind   problem.Kind
		says   string
	}{
		"no such application": {func(*localtenant.Tenant) {}, "nobody", problem.ServiceMisconfigured, `knows no application "nobody"`},
		"an id to escape":     {func(*localtenant.Tenant) {}, "../users", problem.ServiceMisconfigured, `knows no application "../users"`},
		"a scope is missing":  {func(t *localtenant.Tenant) { t.SetScopes("update:clients") }, localtenant.ClientID, problem.ServiceMisconfigured, "update:client_keys"},
		"the provider fails": {func(t *localtenant.Tenant) {
			t.Fail(localtenant.Fault{Route: "PATCH /api/v2/clients/{id}", Status: 503})
		}, localtenant.ClientID, problem.ProviderUnavailable, "503"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tenant := tenanttest.Start(t)
			tt.broken(tenant.Tenant)
			c, log := newClient(holding(credentialsAt(tenant.URL, localtenant.ClientSecret)), newClock())
			err := c.Applications().SetSecret(t.Context(), tt.id, anotherSecret)
			wantKind(t, err, tt.kind, tt.says)
			if strings.Contains(err.Error()+log.String(), anotherSecret) {
				t.Errorf("the secret is in %v or %s", err, log)
			}
		})
	}
}

// Setting a secret is repeatable, so a lost response is not a failure.
func TestSetSecretIsRepeated(t *testing.T) {
	for _, kind := range []localtenant.FaultKind{localtenant.FaultReset, localtenant.FaultResetBody, localtenant.FaultHTML} {
		tenant := tenanttest.Start(t)
		tenant.Tenant.Fail(localtenant.Fault{Route: "PATCH /api/v2/clients/{id}", Kind: kind, Times: 1})
		c, _ := newClient(holding(credentialsAt(tenant.URL, localtenant.ClientSecret)), newClock())
		if err := c.Applications().SetSecret(t.Context(), localtenant.ClientID, anotherSecret); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// The token for the call may require the pending secret: an earlier attempt may have set it.
func TestSetSecretWithThePendingOne(t *testing.T) {
	tenant := tenanttest.Start(t)
	tenant.Tenant.RotateSecret(anotherSecret, 30*time.Second)
	tenant.Tenant.Advance(time.Minute)
	s := holding(credentialsAt(tenant.URL, localtenant.ClientSecret))
	s.others.Pending = credentialsAt(tenant.URL, anotherSecret)
	c, _ := newClient(s, newClock())
	if err := c.Applications().SetSecret(t.Context(), localtenant.ClientID, anotherSecret); err != nil {
		t.Error(err)
	}
}
