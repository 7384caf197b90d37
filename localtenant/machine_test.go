package localtenant_test

import (
	"net/url"
	"strings"
	"testing"

	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

// A machine's token is for the API that was granted to it, and has all of the
// grant's scopes whatever is asked for.
func TestAMachinesToken(t *testing.T) {
	const shops, others = "https://shops.example.com/", "https://others.example.com/"
	s := tenanttest.Start(t, func(o *localtenant.Options) { o.Audiences = []string{shops, others} })
	s.Tenant.AddMachine("shop", "shop-secret", shops, "a:read", "a:write")
	tests := map[string]struct {
		audience, secret, asks string
		status                 int
		says                   string // in the answer
	}{
		"granted":            {shops, "shop-secret", "", 200, `"scope":"a:read a:write"`},
		"less asked for":     {shops, "shop-secret", "a:read", 200, `"scope":"a:read a:write"`},
		"another API":        {others, "shop-secret", "", 403, "client-grant"},
		"the Management API": {s.Tenant.Audience(), "shop-secret", "", 403, "client-grant"},
		"an unknown API":     {"https://unknown.example.com/", "shop-secret", "", 403, "Service not found"},
		"no API":             {"", "shop-secret", "", 403, "No audience parameter"},
		"a wrong secret":     {shops, "guessed", "", 401, "access_denied"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			status, body := post(t, s, url.Values{
				"grant_type": {"client_credentials"}, "client_id": {"shop"}, "client_secret": {tt.secret}, "audience": {tt.audience}, "scope": {tt.asks},
			})
			if status != tt.status || !strings.Contains(body, tt.says) {
				t.Errorf("%d %s", status, body)
			}
		})
	}
}
