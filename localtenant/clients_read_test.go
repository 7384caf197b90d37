package localtenant_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

// What an application's registration shows depends on who looks.
func TestAClientIsShownByScope(t *testing.T) {
	summary := []string{"app_type", "client_id", "name"}
	registration := append([]string{
		"allowed_logout_urls", "callbacks", "grant_types", "is_first_party", "oidc_conformant", "refresh_token", "token_endpoint_auth_method",
	}, summary...)
	for scope, want := range map[string][]string{
		"read:client_summary":     summary,
		"read:clients":            registration,
		"read:client_credentials": append([]string{"client_secret"}, summary...),
		"read:client_keys":        append([]string{"client_secret"}, registration...),
	} {
		t.Run(scope, func(t *testing.T) {
			s := tenanttest.Start(t)
			s.Tenant.SetScopes(scope)
			got := newAPI(t, s).obj("GET", "/api/v2/clients/"+localtenant.ClientID, nil, 200)
			slices.Sort(want)
			if diff := cmp.Diff(want, slices.Sorted(maps.Keys(got))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadClient(t *testing.T) {
	s := tenanttest.Start(t)
	configure(t, s, func(c *localtenant.Settings) {
		c.Application.Type, c.Application.Grants, c.Application.RotateRefreshTokens = "spa", []string{"authorization_code", "client_credentials"}, true
	})
	a := newAPI(t, s)
	got := a.obj("GET", "/api/v2/clients/"+localtenant.ClientID+"?fields=app_type,grant_types,refresh_token", nil, 200)
	want := map[string]any{
		"app_type": "spa", "grant_types": []any{"authorization_code", "client_credentials"},
		"refresh_token": map[string]any{"rotation_type": "rotating", "expiration_type": "expiring", "leeway": 0.0, "token_lifetime": 2592000.0},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	a.obj("GET", "/api/v2/clients/nobody", nil, 404)
}
