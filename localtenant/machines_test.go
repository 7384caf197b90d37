package localtenant_test

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

func TestParseMachine(t *testing.T) {
	tests := map[string]struct {
		text string
		want localtenant.Machine
	}{
		"a URL":              {"shop:s3cret:https://shop.example/:read:orders", localtenant.Machine{ID: "shop", Secret: "s3cret", Audience: "https://shop.example/", Scopes: []string{"read:orders"}}},
		"more scopes":        {"a:b:https://shop.example/api/v2/:x:read x:write,y", localtenant.Machine{ID: "a", Secret: "b", Audience: "https://shop.example/api/v2/", Scopes: []string{"x:read", "x:write", "y"}}},
		"a port":             {"a:b:http://127.0.0.1:3001/api/v2/:read:users", localtenant.Machine{ID: "a", Secret: "b", Audience: "http://127.0.0.1:3001/api/v2/", Scopes: []string{"read:users"}}},
		"a port and no path": {"a:b:http://127.0.0.1:3001:read:users", localtenant.Machine{ID: "a", Secret: "b", Audience: "http://127.0.0.1:3001", Scopes: []string{"read:users"}}},
		"no port, no path":   {"a:b:https://shop.example:read:users", localtenant.Machine{ID: "a", Secret: "b", Audience: "https://shop.example", Scopes: []string{"read:users"}}},
		"no URL":             {"a:b:orders-api:read:users", localtenant.Machine{ID: "a", Secret: "b", Audience: "orders-api", Scopes: []string{"read:users"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := localtenant.ParseMachine(tt.text)
			if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
				t.Errorf("%v %s", err, diff)
			}
		})
	}
	for _, text := range []string{"", "a", "a:b", "a:b:c", "a:b:c:", "a:b:c: ,", ":b:c:d", "a::c:d", "a:b::d", "a b:c:d:e"} {
		if got, err := localtenant.ParseMachine(text); err == nil {
			t.Errorf("%q is %+v", text, got)
		}
	}
}

// Machines of the options are there from the start and after a reset; one may have several grants.
func TestMachinesOfTheOptions(t *testing.T) {
	const shop, bank = "https://shop.example/", "https://bank.example/"
	s := tenanttest.Start(t, func(o *localtenant.Options) {
		o.Machines = []localtenant.Machine{{"till", "till-secret", shop, []string{"read:orders"}}, {"till", "till-secret", bank, []string{"pay"}},
			{"reader", "reader-secret", o.BaseURL + "/api/v2/", []string{"read:users"}}}
	})
	token := func(id, audience string) string {
		a := &api{t: t, url: s.URL}
		got := a.obj("POST", "/oauth/token", map[string]any{"grant_type": "client_credentials", "client_id": id, "client_secret": id + "-secret", "audience": audience}, 200)
		return got["access_token"].(string)
	}
	for range 2 {
		claims := claimsOf(t, token("till", shop))
		if claims["sub"] != "till@clients" || claims["azp"] != "till" || claims["gty"] != "client-credentials" || claims["scope"] != "read:orders" || claims["aud"] != shop {
			t.Errorf("%v", claims)
		}
		if claims := claimsOf(t, token("till", bank)); claims["scope"] != "pay" {
			t.Errorf("%v", claims)
		}
		a := &api{t: t, url: s.URL, token: token("reader", s.Tenant.Audience())}
		a.obj("GET", "/api/v2/users/"+url.PathEscape(linus), nil, 200)
		a.obj("PATCH", "/api/v2/users/"+url.PathEscape(linus), map[string]any{"blocked": true}, 403)
		if err := s.Tenant.Reset(); err != nil {
			t.Fatal(err)
		}
	}
	for name, machines := range map[string][]localtenant.Machine{
		"two secrets":            {{"a", "b", shop, []string{"c"}}, {"a", "d", bank, []string{"c"}}},
		"the application's name": {{localtenant.ClientID, localtenant.ClientSecret, shop, []string{"c"}}},
	} {
		if _, err := localtenant.New(localtenant.Options{BaseURL: "http://127.0.0.1:1", Machines: machines}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
